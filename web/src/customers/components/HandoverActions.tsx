import { App, Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { useHandoverStep, type HandoverOut, type Step } from "../ownershipApi";
import styles from "./ownership.module.css";

/** What the viewer may do with a handover now, as buttons; a refusal asks why. */
export function HandoverActions({ handover }: { handover: HandoverOut }) {
  const { t } = useTranslation(["customers", "shared"]);
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const [why, setWhy] = useState<string | null>(null);
  const step = useHandoverStep();
  const go = (name: Step, note = "") =>
    step.mutate(
      { id: handover.id, step: name, note },
      {
        onSuccess: () => {
          setWhy(null);
          void message.success(t(`handover.done.${name}`));
        },
        onError: notice,
      },
    );
  return (
    <span className={styles.actions}>
      {(handover.actions as Step[]).map((name) => (
        <Button
          key={name}
          size="small"
          type={name === "accept" || name === "approve" || name === "submit" ? "primary" : "default"}
          danger={name === "reject"}
          loading={step.isPending && step.variables.step === name}
          onClick={() => (name === "reject" ? setWhy("") : go(name))}
        >
          {t(`handover.step.${name}`)}
        </Button>
      ))}
      {why !== null && (
        <Modal
          open
          title={t("handover.step.reject")}
          okText={t("handover.step.reject")}
          okButtonProps={{ danger: true, disabled: why.trim().length < 2 }}
          confirmLoading={step.isPending}
          onOk={() => go("reject", why)}
          onCancel={() => setWhy(null)}
        >
          <label className={styles.field} htmlFor="handover-why">
            {t("handover.whyNot")}
            <Input.TextArea
              id="handover-why"
              autoFocus
              rows={3}
              maxLength={200}
              value={why}
              onChange={({ target }) => setWhy(target.value)}
            />
          </label>
        </Modal>
      )}
    </span>
  );
}
