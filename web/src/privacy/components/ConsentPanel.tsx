import { Alert, App, Button, Collapse, Popconfirm, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { requestKey } from "@/care/requestKey";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useConsents, useRecordConsent, type ConsentsOut, type StandingOut } from "../api";
import { CHANNELS, type Channel, type Purpose } from "../codes";
import { CustomerCases } from "./CustomerCases";
import { GrantDialog } from "./GrantDialog";
import styles from "./privacy.module.css";

/** 授权与偏好: what this customer agreed to; a no is one click, a yes needs its text and proof. */
export function ConsentPanel({ customerId }: { customerId: number }) {
  const { t } = useTranslation("privacy");
  const me = useMe();
  const rights = me.data?.rights ?? [];
  const mayRead = rights.includes("consent.read");
  const found = useConsents(customerId, mayRead);
  if (!mayRead) return null;
  return (
    <Panel title={t("consents.title")}>
      {found.data ? (
        <Body customerId={customerId} consents={found.data} />
      ) : found.error ? (
        <ProblemView error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton active paragraph={{ rows: 5 }} />
      )}
      {rights.includes("rights.open") && <CustomerCases customerId={customerId} />}
    </Panel>
  );
}

const OBJECTS = new Set(["WITHDRAWN", "REFUSED"]);

function Body({ customerId, consents }: { customerId: number; consents: ConsentsOut }) {
  const { t } = useTranslation("privacy");
  const [granting, setGranting] = useState<StandingOut | null>(null);
  const profiling = consents.standings.find(({ purpose }) => purpose === "PROFILING");
  return (
    <div className={styles.list}>
      {consents.restricted && <Alert type="warning" showIcon title={t("consents.restricted")} />}
      {!consents.restricted && profiling && OBJECTS.has(profiling.state) && (
        <Alert type="warning" showIcon title={t("consents.noProfiling")} />
      )}
      <ul className={styles.purposes}>
        {consents.standings.map((standing) => (
          <Line
            key={standing.purpose}
            customerId={customerId}
            standing={standing}
            mayRecord={consents.may_record}
            mayGrant={!consents.restricted}
            onGrant={() => setGranting(standing)}
          />
        ))}
      </ul>
      {consents.history.length > 0 && <History consents={consents} />}
      {granting && (
        <GrantDialog customerId={customerId} standing={granting} onClose={() => setGranting(null)} />
      )}
    </div>
  );
}

interface LineProps {
  customerId: number;
  standing: StandingOut;
  mayRecord: boolean;
  mayGrant: boolean;
  onGrant: () => void;
}

function Line({ customerId, standing, mayRecord, mayGrant, onGrant }: LineProps) {
  const { t } = useTranslation("privacy");
  const format = useFormat();
  const { message } = App.useApp();
  const [channel, setChannel] = useState<Channel>("COUNTER");
  const { mutate, isPending, error } = useRecordConsent(customerId);
  const { purpose, state, since } = standing;
  const name = t(`purpose.${purpose}`);
  const granted = state === "GRANTED";
  const say = () =>
    mutate(
      {
        purpose: purpose as Purpose,
        answer: granted ? "WITHDRAWN" : "REFUSED",
        channel,
        evidence: "",
        request_key: requestKey(),
      },
      { onSuccess: () => void message.success(t("consents.recorded")) },
    );
  return (
    <li>
      <span className={styles.stack}>
        <span>{name}</span>
        <small data-state={state}>
          {t(`state.${state}`)}
          {since && ` · ${format.moment(since)}`}
        </small>
      </span>
      {mayRecord && state !== "CONTRACT" && (
        <span className={styles.actions}>
          {!granted && mayGrant && (
            <Button size="small" onClick={onGrant} aria-label={`${t("consents.grant")} ${name}`}>
              {t("consents.grant")}
            </Button>
          )}
          {state !== "REFUSED" && state !== "WITHDRAWN" && (
            <Popconfirm
              title={t(granted ? "consents.withdrawSure" : "consents.refuseSure", { purpose: name })}
              description={
                <span className={styles.sure}>
                  {t("consents.sureHint")}
                  <Select
                    aria-label={t("consents.channel")}
                    value={channel}
                    options={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
                    onChange={setChannel}
                  />
                </span>
              }
              onConfirm={say}
            >
              <Button
                size="small"
                type="text"
                loading={isPending}
                aria-label={`${t(granted ? "consents.withdraw" : "consents.refuse")} ${name}`}
              >
                {t(granted ? "consents.withdraw" : "consents.refuse")}
              </Button>
            </Popconfirm>
          )}
        </span>
      )}
      {error && <ProblemView error={error} />}
    </li>
  );
}

function History({ consents }: { consents: ConsentsOut }) {
  const { t } = useTranslation("privacy");
  const format = useFormat();
  const rows = (
    <ul className={styles.history}>
      {consents.history.map((entry) => (
        <li key={entry.id} className={styles.stack}>
          <span>
            {t(`purpose.${entry.purpose}`)} · {t(`state.${entry.answer}`)}
          </span>
          <small>
            {format.moment(entry.at)} · {t(`channel.${entry.channel}`)} ·{" "}
            {entry.by ? t("consents.by", { name: entry.by }) : t("consents.bySelf")} ·{" "}
            {t("consents.version", { version: entry.version })}
            {entry.evidence && ` · ${entry.evidence}`}
          </small>
        </li>
      ))}
    </ul>
  );
  return (
    <Collapse ghost size="small" items={[{ key: "history", label: t("consents.history"), children: rows }]} />
  );
}
