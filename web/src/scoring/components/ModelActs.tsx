import { App, Button, Form, Input, Modal, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { type ModelOut, useDecide, useRollBack, useTrain } from "../api";
import styles from "./scoring.module.css";

const LONGEST = 200;

/** What the viewer may do with a model as it stands: approve, release, take out of use. */
export function ModelActs({ model, mayDecide }: { model: ModelOut; mayDecide: boolean }) {
  const { t } = useTranslation("scoring");
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const [rolling, setRolling] = useState(false);
  const step = model.status === "CANDIDATE" ? "approve" : "release";
  const decide = useDecide(step);
  if (model.status === "RELEASED" && mayDecide)
    return (
      <>
        <Button danger size="small" onClick={() => setRolling(true)}>
          {t("act.rollback")}
        </Button>
        {rolling && <RollBack model={model} onClose={() => setRolling(false)} />}
      </>
    );
  if (model.status !== "CANDIDATE" && model.status !== "APPROVED") return null;
  if (!model.may_decide) return mayDecide ? <span className={styles.quiet}>{t("act.byAnother")}</span> : null;
  return (
    <Popconfirm
      title={t(`act.${step}Sure`, { number: model.number })}
      description={t(`act.${step}Hint`)}
      onConfirm={() =>
        decide.mutate(
          { kind: model.kind, number: model.number },
          { onSuccess: () => void message.success(t(`act.${step}d`)), onError: notice },
        )
      }
    >
      <Button type="primary" size="small" loading={decide.isPending}>
        {t(`act.${step}`)}
      </Button>
    </Popconfirm>
  );
}

function RollBack({ model, onClose }: { model: ModelOut; onClose: () => void }) {
  const { t } = useTranslation("scoring");
  const { message } = App.useApp();
  const roll = useRollBack();
  const [reason, setReason] = useState("");
  return (
    <Modal
      open
      title={t("act.rollbackTitle", { number: model.number })}
      okText={t("act.rollback")}
      okButtonProps={{ danger: true, disabled: !reason.trim(), loading: roll.isPending }}
      onCancel={onClose}
      onOk={() =>
        roll.mutate(
          { kind: model.kind, reason },
          {
            onSuccess: ({ number }) => {
              void message.success(number === null ? t("act.noneLeft") : t("act.rolledBack", { number }));
              onClose();
            },
          },
        )
      }
    >
      <Form layout="vertical">
        <p className={styles.quiet}>{t("act.rollbackHint")}</p>
        <Form.Item label={t("act.reason")} htmlFor="rollback-reason">
          <Input.TextArea
            id="rollback-reason"
            rows={3}
            maxLength={LONGEST}
            showCount
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Form.Item>
      </Form>
      {roll.error && <ProblemView error={roll.error} />}
    </Modal>
  );
}

/** Ask for a model: the worker trains it, beside no night. */
export function TrainForm({ kind, onClose }: { kind: string; onClose: () => void }) {
  const { t } = useTranslation("scoring");
  const { message } = App.useApp();
  const train = useTrain();
  const [note, setNote] = useState("");
  return (
    <Modal
      open
      title={t("train.title", { kind: t(`kind.${kind}`, { defaultValue: kind }) })}
      okText={t("train.send")}
      okButtonProps={{ loading: train.isPending }}
      onCancel={onClose}
      onOk={() =>
        train.mutate(
          { kind, note },
          {
            onSuccess: () => {
              void message.success(t("train.sent"));
              onClose();
            },
          },
        )
      }
    >
      <Form layout="vertical">
        <p className={styles.quiet}>{t("train.hint")}</p>
        <Form.Item label={t("train.note")} htmlFor="train-note">
          <Input
            id="train-note"
            maxLength={LONGEST}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </Form.Item>
      </Form>
      {train.error && <ProblemView error={train.error} />}
    </Modal>
  );
}
