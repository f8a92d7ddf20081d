import { App, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { ProblemView } from "@/shared/components/ProblemView";
import { useTellFeedback } from "../api";
import { FEEDBACK } from "../codes";
import styles from "./scoring.module.css";

const LONGEST = 200;
type Reason = Schemas["FeedbackIn"]["reason"];

/** 不属实: why the score does not fit this customer. */
export function FeedbackForm({ customerId, onClose }: { customerId: number; onClose: () => void }) {
  const { t } = useTranslation("scoring");
  const { message } = App.useApp();
  const tell = useTellFeedback(customerId);
  const [reason, setReason] = useState<Reason | null>(null);
  const [note, setNote] = useState("");
  const missing = reason === null || (reason === "OTHER" && !note.trim());
  return (
    <Modal
      open
      title={t("form.title")}
      okText={t("form.send")}
      okButtonProps={{ disabled: missing, loading: tell.isPending }}
      onCancel={onClose}
      onOk={() =>
        reason &&
        tell.mutate(
          { reason, note },
          {
            onSuccess: () => {
              void message.success(t("form.sent"));
              onClose();
            },
          },
        )
      }
    >
      <Form layout="vertical">
        <p className={styles.quiet}>{t("form.hint")}</p>
        <Form.Item label={t("form.reason")}>
          <Radio.Group
            className={styles.choices ?? ""}
            value={reason}
            onChange={(event) => setReason(event.target.value as Reason)}
            options={FEEDBACK.map((code) => ({ value: code, label: t(`feedback.${code}`) }))}
          />
        </Form.Item>
        <Form.Item label={t(reason === "OTHER" ? "form.noteNeeded" : "form.note")} htmlFor="feedback-note">
          <Input.TextArea
            id="feedback-note"
            rows={3}
            maxLength={LONGEST}
            showCount
            value={note}
            placeholder={t("form.noteHint")}
            onChange={(event) => setNote(event.target.value)}
          />
        </Form.Item>
      </Form>
      {tell.error && <ProblemView error={tell.error} />}
    </Modal>
  );
}
