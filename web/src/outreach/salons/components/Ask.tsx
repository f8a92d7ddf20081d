import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import styles from "../../campaigns/components/campaign.module.css";

const LONGEST = 200;

interface Props {
  title: string;
  deed: string;
  hint: string;
  pending: boolean;
  error: Error | null;
  onSay: (reason: string) => void;
  onClose: () => void;
}

/** Ask why, before something is refused or called off. */
export function Ask({ title, deed, hint, pending, error, onSay, onClose }: Props) {
  const { t } = useTranslation("outreach");
  const [reason, setReason] = useState("");
  return (
    <Modal
      open
      title={title}
      okText={deed}
      okButtonProps={{ disabled: reason.trim() === "", danger: true }}
      confirmLoading={pending}
      onOk={() => onSay(reason.trim())}
      onCancel={onClose}
    >
      <div className={styles.form}>
        <p className={styles.quiet}>{hint}</p>
        <Input.TextArea
          aria-label={t("salon.why")}
          placeholder={t("salon.why")}
          rows={3}
          maxLength={LONGEST}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        {error && <ProblemView error={error} />}
      </div>
    </Modal>
  );
}
