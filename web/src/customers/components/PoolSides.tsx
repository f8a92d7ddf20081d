import { App, Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { TierTag } from "@/shared/components/Tags";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import type { Schemas } from "@/app/client";
import { useReturn } from "../ownershipApi";
import styles from "./ownership.module.css";

type Claim = Schemas["ClaimOut"];
type Idle = Schemas["IdleOut"];

/** Claims under way: by when each customer must be called, and the way back. */
export function Claims({ claims, head }: { claims: Claim[]; head: boolean }) {
  const { t } = useTranslation(["customers", "shared"]);
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const format = useFormat();
  const giveBack = useReturn();
  const [returning, setReturning] = useState<Claim | null>(null);
  const [note, setNote] = useState("");
  const columns: Column<Claim>[] = [
    {
      key: "name",
      title: t("poolPage.name"),
      render: ({ customer_id, name, user }) => (
        <span className={styles.stack}>
          <Link to={`/customers/${customer_id}`}>{name}</Link>
          {head && <small>{user.name}</small>}
        </span>
      ),
    },
    { key: "tier", title: t("poolPage.tier"), render: ({ tier }) => <TierTag tier={tier} /> },
    {
      key: "by",
      title: t("poolPage.contactBy"),
      render: ({ contact_by, contacted }) =>
        contacted ? (
          <span className={styles.quiet}>{t("poolPage.contacted")}</span>
        ) : (
          <span className={styles.late}>{format.date(contact_by)}</span>
        ),
    },
    {
      key: "protected",
      title: t("poolPage.protected"),
      render: ({ protected_until }) => format.date(protected_until),
    },
    {
      key: "action",
      title: "",
      render: (claim) => (
        <span className={styles.actions}>
          <Button size="small" onClick={() => setReturning(claim)}>
            {t("poolPage.return")}
          </Button>
        </span>
      ),
    },
  ];
  const close = () => {
    setReturning(null);
    setNote("");
  };
  return (
    <Panel
      title={
        <Explain title={t("poolPage.claims")} text={t("poolPage.claimsHow")}>
          {t("poolPage.claims")}
        </Explain>
      }
      flush
    >
      <DataTable rowKey={({ customer_id }) => customer_id} columns={columns} rows={claims} />
      {returning && (
        <Modal
          open
          title={t("poolPage.returnOf", { name: returning.name })}
          okText={t("poolPage.return")}
          okButtonProps={{ disabled: note.trim().length < 2 }}
          confirmLoading={giveBack.isPending}
          onCancel={close}
          onOk={() =>
            giveBack.mutate(
              { customer_id: returning.customer_id, note },
              {
                onSuccess: () => {
                  close();
                  void message.success(t("poolPage.returned"));
                },
                onError: notice,
              },
            )
          }
        >
          <label className={styles.field} htmlFor="return-note">
            {t("poolPage.returnWhy")}
            <Input.TextArea
              id="return-note"
              autoFocus
              rows={3}
              maxLength={200}
              value={note}
              onChange={({ target }) => setNote(target.value)}
            />
          </label>
        </Modal>
      )}
    </Panel>
  );
}

/** 挂而不管: who returns to the pool unless contacted. */
export function IdleSoon({ rows, head }: { rows: Idle[]; head: boolean }) {
  const { t } = useTranslation(["customers", "shared"]);
  const format = useFormat();
  const columns: Column<Idle>[] = [
    {
      key: "name",
      title: t("poolPage.name"),
      render: ({ customer_id, name, user }) => (
        <span className={styles.stack}>
          <Link to={`/customers/${customer_id}`}>{name}</Link>
          {head && <small>{user.name}</small>}
        </span>
      ),
    },
    { key: "tier", title: t("poolPage.tier"), render: ({ tier }) => <TierTag tier={tier} /> },
    {
      key: "returns",
      title: t("poolPage.returnsOn"),
      render: ({ returns_on }) => <span className={styles.late}>{format.date(returns_on)}</span>,
    },
  ];
  return (
    <Panel
      title={
        <Explain title={t("poolPage.idle")} text={t("poolPage.idleHow")}>
          {t("poolPage.idle")}
        </Explain>
      }
      flush
    >
      <DataTable rowKey={({ customer_id }) => customer_id} columns={columns} rows={rows} />
    </Panel>
  );
}
