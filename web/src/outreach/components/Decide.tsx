import { App, Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useDecide, type Deed, type Version } from "../api";
import styles from "./outreach.module.css";
import { Words } from "./Words";

/** Decide on a version that waits: approve its very words, or say what is wrong with them; or take it back. */
export function Decide({ name, version }: { name: string; version: Version }) {
  const { t } = useTranslation("outreach");
  const [open, setOpen] = useState(false);
  if (!version.may_decide && !version.may_withdraw) return null;
  return (
    <>
      <Button
        type={version.may_decide ? "primary" : "default"}
        aria-label={`${t(version.may_decide ? "decide.open" : "decide.withdraw")} ${name}`}
        onClick={() => setOpen(true)}
      >
        {t(version.may_decide ? "decide.open" : "decide.withdraw")}
      </Button>
      {open && <Dialog name={name} version={version} onClose={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ name, version, onClose }: { name: string; version: Version; onClose: () => void }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [reason, setReason] = useState("");
  const { mutate, isPending, error } = useDecide();
  const act = (deed: Deed) =>
    mutate(
      { version: version.id, deed, reason },
      {
        onSuccess: () => {
          void message.success(t(`decide.done.${deed}`));
          onClose();
        },
      },
    );
  const footer = version.may_decide
    ? [
        <Button
          key="refuse"
          danger
          disabled={reason.trim() === ""}
          loading={isPending}
          onClick={() => act("refuse")}
        >
          {t("decide.refuse")}
        </Button>,
        <Button key="approve" type="primary" loading={isPending} onClick={() => act("approve")}>
          {t("decide.approve")}
        </Button>,
      ]
    : [
        <Button key="withdraw" type="primary" loading={isPending} onClick={() => act("withdraw")}>
          {t("decide.withdraw")}
        </Button>,
      ];
  return (
    <Modal
      open
      title={t("decide.title", { name, number: version.number })}
      footer={footer}
      onCancel={onClose}
    >
      <div className={styles.form}>
        <span className={styles.quiet}>
          {t(version.head ? "edit.looksMail" : "edit.looks", { count: version.parts })}
        </span>
        <Words subject={version.head} text={version.whole} />
        {version.may_decide && (
          <>
            <label htmlFor="refusal">{t("decide.reason")}</label>
            <Input.TextArea
              id="refusal"
              rows={2}
              maxLength={200}
              value={reason}
              placeholder={t("decide.reasonHint")}
              onChange={(event) => setReason(event.target.value)}
            />
          </>
        )}
        {error && <ProblemView error={error} />}
      </div>
    </Modal>
  );
}
