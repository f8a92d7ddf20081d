import { App, Button, Collapse, Input, Modal, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { type Change, useDecide, type Verdict } from "../api";
import type { useWords } from "../useWords";
import { Differences } from "./Differences";
import { EffectView } from "./EffectView";
import styles from "./standards.module.css";

const LONGEST = 200;

interface Props {
  change: Change;
  words: ReturnType<typeof useWords>;
}

/** The change that waits: what, from when on, why, whom it moves; decided here. */
export function Pending({ change, words }: Props) {
  const { t } = useTranslation(["standards", "shared"]);
  const { message } = App.useApp();
  const format = useFormat();
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const { mutate, isPending, error } = useDecide();
  const sentence = words.sentence(change.effect, change.before);
  const decide = (deed: Verdict) =>
    mutate(deed, {
      onSuccess: () => {
        setRefusing(false);
        void message.success(t(`decided.${deed.verdict}`));
      },
    });
  return (
    <Panel
      title={t("pending.title", { date: format.date(change.valid_from) })}
      extra={
        <span className={styles.deeds}>
          {change.may_withdraw && (
            <Popconfirm
              title={t("pending.withdrawSure")}
              onConfirm={() => decide({ number: change.id, verdict: "withdraw" })}
            >
              <Button loading={isPending}>{t("pending.withdraw")}</Button>
            </Popconfirm>
          )}
          {change.may_decide && (
            <>
              <Button onClick={() => setRefusing(true)}>{t("pending.refuse")}</Button>
              <Popconfirm
                title={t("pending.approveSure", { date: format.date(change.valid_from) })}
                onConfirm={() => decide({ number: change.id, verdict: "approve" })}
              >
                <Button type="primary" loading={isPending}>
                  {t("pending.approve")}
                </Button>
              </Popconfirm>
            </>
          )}
        </span>
      }
    >
      <Differences lines={words.lines(change.before, change.values)} />
      <p className={styles.sentence}>{sentence}</p>
      <p className={styles.note}>{change.note}</p>
      <p className={styles.quiet}>
        {t("pending.by", { name: change.made_by, at: format.moment(change.made_at) })}
        {!change.may_decide && !change.may_withdraw && ` ${t("pending.others")}`}
        {change.may_withdraw && ` ${t("pending.own")}`}
      </p>
      {error && !refusing && <ProblemView error={error} />}
      <Collapse
        ghost
        size="small"
        items={[
          {
            key: "effect",
            label: t("pending.details"),
            children: <EffectView effect={change.effect} sentence={sentence} />,
          },
        ]}
      />
      {refusing && (
        <Modal
          open
          title={t("pending.refuse")}
          okText={t("pending.refuse")}
          okButtonProps={{ disabled: !reason.trim() }}
          confirmLoading={isPending}
          onOk={() => decide({ number: change.id, verdict: "refuse", reason: reason.trim() })}
          onCancel={() => setRefusing(false)}
        >
          <div className={styles.form}>
            <label>
              {t("pending.why")}
              <Input.TextArea
                autoFocus
                value={reason}
                maxLength={LONGEST}
                aria-label={t("pending.why")}
                onChange={(event) => setReason(event.target.value)}
              />
            </label>
            {error && <ProblemView error={error} />}
          </div>
        </Modal>
      )}
    </Panel>
  );
}
