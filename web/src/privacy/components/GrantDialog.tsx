import { App, Checkbox, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { requestKey } from "@/care/requestKey";
import { ProblemView } from "@/shared/components/ProblemView";
import { useRecordConsent, type StandingOut } from "../api";
import { CHANNELS, type Channel, type Purpose } from "../codes";
import styles from "./privacy.module.css";

const SHORTEST = 4;

interface Props {
  customerId: number;
  standing: StandingOut;
  onClose: () => void;
}

/** A yes: the text that the customer sees, where it was said, and the number of the proof. Nothing is ticked. */
export function GrantDialog({ customerId, standing, onClose }: Props) {
  const { t } = useTranslation("privacy");
  const { message } = App.useApp();
  const [channel, setChannel] = useState<Channel>("COUNTER");
  const [evidence, setEvidence] = useState("");
  const [agreed, setAgreed] = useState(false);
  const [key] = useState(requestKey);
  const { mutate, isPending, error } = useRecordConsent(customerId);
  const { policy, purpose } = standing;
  const send = () =>
    mutate(
      {
        purpose: purpose as Purpose,
        answer: "GRANTED",
        channel,
        evidence,
        policy_id: policy.id,
        request_key: key,
      },
      {
        onSuccess: () => {
          void message.success(t("consents.recorded"));
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      title={t(`purpose.${purpose}`)}
      okText={t("consents.grant")}
      okButtonProps={{ disabled: !agreed || evidence.trim().length < SHORTEST }}
      confirmLoading={isPending}
      onOk={send}
      onCancel={onClose}
    >
      <div className={styles.dialog}>
        <span className={styles.quiet}>
          {t("consents.text")} · {t("consents.version", { version: policy.version })}
        </span>
        <blockquote className={styles.text}>{policy.text}</blockquote>
        <label htmlFor="consent-channel">{t("consents.channel")}</label>
        <Select
          id="consent-channel"
          value={channel}
          options={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          onChange={setChannel}
        />
        <label htmlFor="consent-evidence">{t("consents.evidence")}</label>
        <Input
          id="consent-evidence"
          value={evidence}
          maxLength={100}
          placeholder={t("consents.evidenceHint")}
          onChange={(event) => setEvidence(event.target.value)}
        />
        <Checkbox checked={agreed} onChange={(event) => setAgreed(event.target.checked)}>
          {t("consents.agreed")}
        </Checkbox>
        {error && <ProblemView error={error} />}
      </div>
    </Modal>
  );
}
