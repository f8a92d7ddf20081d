import { Alert, Button, Drawer, Select, Skeleton, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { useCase, useMakeFile, useTakeFile, useVerify, type CaseOut } from "../api";
import { CHECKS, COPIED, type Check } from "../codes";
import { CaseEnding } from "./CaseEnding";
import { DueDate } from "./DueDate";
import styles from "./privacy.module.css";

const OPEN = new Set(["RECEIVED", "VERIFIED"]);

/** One request from identity check to answer. */
export function CaseDrawer({ caseId, onClose }: { caseId: number | null; onClose: () => void }) {
  const { t } = useTranslation("privacy");
  const { phone } = useScreen();
  const found = useCase(caseId);
  return (
    <Drawer
      open={caseId !== null}
      onClose={onClose}
      placement={phone ? "bottom" : "right"}
      size={phone ? "92dvh" : 520}
      title={found.data && t("cases.caseOf", { kind: t(`kind.${found.data.kind}`), id: found.data.id })}
    >
      {found.data ? (
        <Body key={found.data.id} one={found.data} />
      ) : found.error ? (
        <ProblemView error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton active paragraph={{ rows: 8 }} />
      )}
    </Drawer>
  );
}

function Body({ one }: { one: CaseOut }) {
  const { t } = useTranslation("privacy");
  const format = useFormat();
  const open = OPEN.has(one.status);
  const facts: [string, React.ReactNode][] = [
    [t("cases.customer"), `${one.name} ${one.cust_no}`],
    [t("cases.statusColumn"), t(`status.${one.status}`)],
    [t("cases.received"), `${format.date(one.received_on)} · ${t(`channel.${one.channel}`)}`],
    [t("cases.opener"), one.opened_by],
    [t("cases.due"), <DueDate key="due" row={one} />],
  ];
  return (
    <div className={styles.body}>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {one.asked && (
        <section>
          <h3>{t("cases.asked")}</h3>
          <blockquote className={styles.text}>{one.asked}</blockquote>
        </section>
      )}
      <section>
        <h3>{t("cases.identity")}</h3>
        {one.identity_check
          ? t("cases.identityDone", { how: t(`how.${one.identity_check}`), name: one.verified_by })
          : one.may_verify && <Identity caseId={one.id} />}
      </section>
      {COPIED.has(one.kind) && one.identity_check && <Copy one={one} />}
      {open && one.identity_check && one.kind === "DELETE" && <Holds one={one} />}
      {open ? (
        <CaseEnding one={one} />
      ) : (
        <section>
          <h3>{t("cases.answer")}</h3>
          {one.ground && <div>{t(`ground.${one.ground}`)}</div>}
          {one.answer && <blockquote className={styles.text}>{one.answer}</blockquote>}
          <span className={styles.quiet}>{t("cases.closedBy", { name: one.closed_by })}</span>
        </section>
      )}
    </div>
  );
}

function Identity({ caseId }: { caseId: number }) {
  const { t } = useTranslation("privacy");
  const [how, setHow] = useState<Check | null>(null);
  const { mutate, isPending, error } = useVerify(caseId);
  return (
    <div className={styles.dialog}>
      <label htmlFor="case-how">{t("cases.identityAsk")}</label>
      <div className={styles.actions}>
        <Select
          id="case-how"
          className={styles.search}
          value={how}
          options={CHECKS.map((value) => ({ value, label: t(`how.${value}`) }))}
          onChange={setHow}
        />
        <Button type="primary" disabled={!how} loading={isPending} onClick={() => how && mutate(how)}>
          {t("cases.confirm")}
        </Button>
      </div>
      {error && <ProblemView error={error} />}
    </div>
  );
}

function Copy({ one }: { one: CaseOut }) {
  const { t } = useTranslation("privacy");
  const format = useFormat();
  const make = useMakeFile(one.id);
  const take = useTakeFile(one.id);
  const { file } = one;
  return (
    <section>
      <h3>{t("cases.file")}</h3>
      <div className={styles.dialog}>
        {file && (
          <span className={styles.quiet}>
            {file.gone
              ? t("cases.fileGone")
              : t("cases.fileFacts", { rows: count(file.rows), date: format.moment(file.expires_at) })}
          </span>
        )}
        {make.data && (
          <Alert
            type="warning"
            showIcon
            title={t("cases.password")}
            description={
              <Typography.Text copyable className={styles.password}>
                {make.data.password}
              </Typography.Text>
            }
          />
        )}
        {one.may_decide ? (
          <div className={styles.actions}>
            <Button loading={make.isPending} onClick={() => make.mutate()}>
              {t(file ? "cases.remake" : "cases.makeFile")}
            </Button>
            {file && !file.gone && (
              <Button type="primary" loading={take.isPending} onClick={() => take.mutate()}>
                {t("cases.takeFile", { count: file.takes - file.taken })}
              </Button>
            )}
          </div>
        ) : (
          <span className={styles.quiet}>{t("cases.otherDecides")}</span>
        )}
        {(make.error ?? take.error) && <ProblemView error={make.error ?? take.error} />}
      </div>
    </section>
  );
}

function Holds({ one }: { one: CaseOut }) {
  const { t } = useTranslation("privacy");
  if (one.holds.length === 0) return <Alert type="error" showIcon title={t("cases.noHolds")} />;
  const grounds = one.holds.map((code) => t(`ground.${code}`)).join(t("cases.comma"));
  return <Alert type="warning" showIcon title={t("cases.holds", { grounds })} />;
}
