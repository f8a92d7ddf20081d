import { App, Button, Form, Input, Modal, Popconfirm, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { type ModelOut, useDecide, useRollBack, useSetAside, useTrain } from "../api";
import styles from "./scoring.module.css";

const LONGEST = 200;

/** What the viewer may do with a model as it stands: approve, release, set aside, take out of use. */
export function ModelActs({ model, mayDecide }: { model: ModelOut; mayDecide: boolean }) {
  const { t } = useTranslation("scoring");
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const [leaving, setLeaving] = useState(false);
  const step = model.status === "CANDIDATE" ? "approve" : "release";
  const decide = useDecide(step);
  if (model.status === "RELEASED" && mayDecide)
    return (
      <>
        <Button danger size="small" onClick={() => setLeaving(true)}>
          {t("act.rollback")}
        </Button>
        {leaving && <RollBack model={model} onClose={() => setLeaving(false)} />}
      </>
    );
  if (model.status !== "CANDIDATE" && model.status !== "APPROVED") return null;
  if (!mayDecide) return null;
  return (
    <Space wrap>
      {model.may_decide ? (
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
      ) : (
        <span className={styles.quiet}>{t("act.byAnother")}</span>
      )}
      <Button size="small" onClick={() => setLeaving(true)}>
        {t("act.setAside")}
      </Button>
      {leaving && <SetAside model={model} onClose={() => setLeaving(false)} />}
    </Space>
  );
}

function RollBack({ model, onClose }: { model: ModelOut; onClose: () => void }) {
  const { t } = useTranslation("scoring");
  const { message } = App.useApp();
  const roll = useRollBack();
  return (
    <WhyModal
      title={t("act.rollbackTitle", { number: model.number })}
      hint={t("act.rollbackHint")}
      label={t("act.reason")}
      okText={t("act.rollback")}
      pending={roll.isPending}
      error={roll.error}
      onClose={onClose}
      onSend={(reason) =>
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
    />
  );
}

function SetAside({ model, onClose }: { model: ModelOut; onClose: () => void }) {
  const { t } = useTranslation("scoring");
  const { message } = App.useApp();
  const aside = useSetAside();
  const { kind, number } = model;
  return (
    <WhyModal
      title={t("act.setAsideTitle", { number })}
      hint={t("act.setAsideHint")}
      label={t("act.whySetAside")}
      okText={t("act.setAside")}
      pending={aside.isPending}
      error={aside.error}
      onClose={onClose}
      onSend={(reason) =>
        aside.mutate(
          { kind, number, reason },
          {
            onSuccess: () => {
              void message.success(t("act.setAsideDone", { number }));
              onClose();
            },
          },
        )
      }
    />
  );
}

interface Why {
  title: string;
  hint: string;
  label: string;
  okText: string;
  pending: boolean;
  error: Error | null;
  onClose: () => void;
  onSend: (reason: string) => void;
}

/** Asks for the reason that goes on record. */
function WhyModal({ title, hint, label, okText, pending, error, onClose, onSend }: Why) {
  const [reason, setReason] = useState("");
  return (
    <Modal
      open
      title={title}
      okText={okText}
      okButtonProps={{ danger: true, disabled: !reason.trim(), loading: pending }}
      onCancel={onClose}
      onOk={() => onSend(reason)}
    >
      <Form layout="vertical">
        <p className={styles.quiet}>{hint}</p>
        <Form.Item label={label} htmlFor="why-model">
          <Input.TextArea
            id="why-model"
            rows={3}
            maxLength={LONGEST}
            showCount
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Form.Item>
      </Form>
      {error && <ProblemView error={error} />}
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
