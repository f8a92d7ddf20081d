import { KeyOutlined, LaptopOutlined, MobileOutlined, SafetyOutlined } from "@ant-design/icons";
import { App, Button, Modal, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { problemText } from "@/shared/problem";
import { useEndSession, useSecurity, type Security } from "../api";
import styles from "../components/access.module.css";
import { FactorSetup, type What } from "../components/FactorSetup";
import { PasswordForm } from "../components/PasswordForm";
import { RemoveFactor } from "../components/RemoveFactor";
import { passkeysWork } from "../passkeys";

/** 账号安全: is my account safe, where am I signed in, and what happened at its door? For everybody. */
export function Component() {
  const { t } = useTranslation("access");
  const found = useSecurity();
  return (
    <>
      <PageTitle question={t("security.question")} />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {found.data && (
        <div className={styles.security}>
          <Factors of={found.data} />
          <Password of={found.data} />
          <Sessions rows={found.data.sessions} />
          <History rows={found.data.history} />
        </div>
      )}
    </>
  );
}

function Password({ of }: { of: Security }) {
  const { t } = useTranslation("access");
  const format = useFormat();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  return (
    <Panel
      title={t("password.title")}
      extra={of.own_password && <Button onClick={() => setOpen(true)}>{t("password.change")}</Button>}
    >
      {of.own_password ? (
        <p className={styles.rules}>
          {of.password_set_at
            ? t("password.setAt", { at: format.moment(of.password_set_at) })
            : t("password.setBefore")}
          {of.password_until && t("password.until", { at: format.moment(of.password_until) })}
        </p>
      ) : (
        <p className={styles.rules}>{t("password.elsewhere")}</p>
      )}
      <Modal
        open={open}
        title={t("password.change")}
        footer={null}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <PasswordForm
          rules={of}
          onDone={() => {
            setOpen(false);
            void message.success(t("password.changed"));
          }}
        />
      </Modal>
    </Panel>
  );
}

function Factors({ of }: { of: Security }) {
  const { t } = useTranslation("access");
  const format = useFormat();
  const [adding, setAdding] = useState<What | null>(null);
  const [removing, setRemoving] = useState<Schemas["FactorOut"] | null>(null);
  const real = of.factors.filter(({ kind }) => kind !== "recovery_codes");
  const codes = of.factors.find(({ kind }) => kind === "recovery_codes");
  const locked = of.confirm && !of.own_password; // no password of ours that could be asked again
  const hasApp = real.some(({ kind }) => kind === "totp");
  return (
    <Panel
      title={t("security.second")}
      extra={
        <div className={styles.actions}>
          <Button disabled={locked} icon={<MobileOutlined />} onClick={() => setAdding("totp")}>
            {t(hasApp ? "app.replace" : "app.add")}
          </Button>
          <Button
            disabled={locked || !passkeysWork()}
            title={passkeysWork() ? undefined : t("passkey.notHere")}
            icon={<KeyOutlined />}
            onClick={() => setAdding("webauthn")}
          >
            {t("passkey.add")}
          </Button>
        </div>
      }
    >
      {locked && <p className={styles.rules}>{t("security.stale")}</p>}
      {real.length === 0 && (
        <EmptyState
          icon={<SafetyOutlined />}
          title={t("security.noSecond")}
          hint={t(of.second_factor_needed ? "security.neededHint" : "security.noSecondHint")}
        />
      )}
      <ul className={styles.list}>
        {real.map((factor) => (
          <li key={factor.id}>
            {factor.kind === "totp" ? <MobileOutlined /> : <KeyOutlined />}
            <div>
              <strong>{factor.name || t(`kind.${factor.kind}`)}</strong>
              <small>
                {t("security.added", { at: format.moment(factor.added_at) })}
                {factor.used_at && t("security.used", { at: format.moment(factor.used_at) })}
              </small>
            </div>
            <Button type="text" danger disabled={locked} onClick={() => setRemoving(factor)}>
              {t("remove.action")}
            </Button>
          </li>
        ))}
        {codes && (
          <li>
            <SafetyOutlined />
            <div>
              <strong>{t("kind.recovery_codes")}</strong>
              <small>{t("codes.left", { count: codes.codes_left ?? 0 })}</small>
            </div>
            <Button type="text" disabled={locked} onClick={() => setAdding("recovery_codes")}>
              {t("codes.renew")}
            </Button>
          </li>
        )}
      </ul>
      <Modal
        open={adding !== null}
        title={adding && t(`setup.${adding}`)}
        footer={null}
        mask={{ closable: false }}
        onCancel={() => setAdding(null)}
        destroyOnHidden
      >
        {adding && <FactorSetup what={adding} confirm={of.confirm} onDone={() => setAdding(null)} />}
      </Modal>
      <RemoveFactor
        factor={removing}
        confirm={of.confirm}
        last={real.length === 1}
        onDone={() => setRemoving(null)}
      />
    </Panel>
  );
}

function Sessions({ rows }: { rows: Schemas["SessionOut"][] }) {
  const { t } = useTranslation(["access", "shared"]);
  const format = useFormat();
  const { message } = App.useApp();
  const end = useEndSession();
  return (
    <Panel title={t("security.devices")}>
      <ul className={`${styles.list} ${styles.devices}`}>
        {rows.map((row) => (
          <li key={row.id}>
            {/Android|iOS|HarmonyOS/.test(row.system) ? <MobileOutlined /> : <LaptopOutlined />}
            <div>
              <strong>
                {[row.browser, row.system].filter(Boolean).join(" · ") || t("security.unknownDevice")}
              </strong>
              <small>
                {t("security.device", {
                  address: row.address,
                  started: format.moment(row.started_at),
                  active: format.moment(row.active_at),
                })}
              </small>
            </div>
            {row.here ? (
              <Tag color="success">{t("security.here")}</Tag>
            ) : (
              <Button
                type="text"
                danger
                loading={end.isPending && end.variables === row.id}
                onClick={() =>
                  end.mutate(row.id, {
                    onSuccess: () => void message.success(t("security.ended")),
                    onError: (error) => void message.error(problemText(error, t).title),
                  })
                }
              >
                {t("security.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function History({ rows }: { rows: Schemas["SignInEvent"][] }) {
  const { t } = useTranslation("access");
  const format = useFormat();
  const why = ({ reason }: Schemas["SignInEvent"]) =>
    reason
      .split(" ")
      .map((word) => t(`why.${word}`, { defaultValue: word }))
      .join(" + ");
  return (
    <Panel title={t("security.history")} flush={rows.length > 0}>
      {rows.length === 0 ? (
        <EmptyState title={t("security.noHistory")} />
      ) : (
        <DataTable
          rowKey={(row) => row.id}
          rows={rows}
          columns={[
            {
              key: "what",
              title: t("security.what"),
              render: (row) => (
                <span className={row.action === "session.refused" ? styles.refused : undefined}>
                  {t(`event.${row.action}`)}
                </span>
              ),
            },
            { key: "at", title: t("security.at"), render: (row) => format.moment(row.at) },
            { key: "why", title: t("security.how"), render: why },
            { key: "address", title: t("security.address"), render: (row) => row.address ?? "" },
          ]}
        />
      )}
    </Panel>
  );
}
