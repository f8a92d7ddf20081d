import { Alert, AutoComplete, Button, Select, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCustomerSearch } from "@/customers/api";
import { DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useSettled } from "@/shared/hooks/useSettled";
import { CHANNELS, KINDS, RISKS } from "../../codes";
import { useWhy } from "../../useWhy";
import { useMayContact, type Check, type Verdict } from "../api";
import styles from "./policy.module.css";

interface Props {
  customerId: number | null;
  onCustomer: (id: number) => void;
}

/** 现在能否联系: what the gate would say of one customer, by channel and kind; nothing is sent. */
export function MayContact({ customerId, onCustomer }: Props) {
  const { t } = useTranslation("outreach");
  const [risk, setRisk] = useState<number | null>(null);
  const found = useMayContact(customerId, risk);
  return (
    <Panel title={t("policy.check.title")}>
      <p className={`${styles.note} ${styles.quiet}`}>{t("policy.check.hint")}</p>
      <div className={styles.form}>
        <Search onPick={onCustomer} />
        <Select
          aria-label={t("policy.check.risk")}
          value={risk ?? 0}
          options={[
            { value: 0, label: t("policy.check.noRisk") },
            ...RISKS.map((value) => ({ value, label: t("policy.check.riskOf", { value }) })),
          ]}
          onChange={(value: number) => setRisk(value || null)}
        />
      </div>
      {customerId !== null && found.isPending && <Skeleton active paragraph={{ rows: 4 }} title={false} />}
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && !found.error && (
        <Found check={found.data} asking={found.isFetching} onAgain={() => void found.refetch()} />
      )}
    </Panel>
  );
}

function Search({ onPick }: { onPick: (id: number) => void }) {
  const { t } = useTranslation("outreach");
  const [text, setText] = useState("");
  const asked = useSettled(text.trim());
  const found = useCustomerSearch(asked);
  const fresh = asked === text.trim() && !found.isPlaceholderData && found.isSuccess;
  return (
    <AutoComplete
      aria-label={t("policy.check.customer")}
      placeholder={t("policy.check.placeholder")}
      value={text}
      options={(asked ? (found.data?.rows ?? []) : []).slice(0, 8).map((row) => ({
        value: String(row.id),
        label: `${row.name} · ${row.cust_no}`,
      }))}
      onChange={setText}
      notFoundContent={asked && fresh ? t("policy.check.nothing") : null}
      onSelect={(id: string) => {
        setText("");
        onPick(Number(id));
      }}
    />
  );
}

function Found({ check, asking, onAgain }: { check: Check; asking: boolean; onAgain: () => void }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  return (
    <>
      <div className={styles.head}>
        <strong>
          {t("policy.check.of", {
            name: check.customer,
            number: check.cust_no,
            at: format.moment(check.at),
          })}
        </strong>
        <span>
          <Link to={`/customers/${check.customer_id}`}>{t("policy.check.open")}</Link>{" "}
          <Button type="link" loading={asking} onClick={onAgain}>
            {t("policy.check.again")}
          </Button>
        </span>
      </div>
      <DataTable
        rowKey={(channel) => channel.code}
        rows={CHANNELS.map((code) => ({ code }))}
        columns={[
          { key: "channel", title: t("edit.channel"), render: ({ code }) => t(`channel.${code}`) },
          ...KINDS.map((kind) => ({
            key: kind,
            title: t(`kind.${kind}`),
            wide: true,
            render: ({ code }: { code: (typeof CHANNELS)[number] }) => (
              <Said verdict={check.verdicts.find((one) => one.channel === code && one.kind === kind)} />
            ),
          })),
        ]}
      />
    </>
  );
}

function Said({ verdict }: { verdict: Verdict | undefined }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const why = useWhy();
  if (!verdict) return null;
  if (verdict.why === "") return <Tag color="success">{t("policy.check.yes")}</Tag>;
  return (
    <Alert
      type={verdict.until ? "info" : "warning"}
      className={styles.verdict}
      title={
        verdict.until
          ? t("policy.check.waits", { why: why(verdict.why), at: format.moment(verdict.until) })
          : t("policy.check.no", { why: why(verdict.why) })
      }
    />
  );
}
