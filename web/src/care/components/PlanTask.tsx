import { App, Button, DatePicker, Form, Input, Modal, Radio, Skeleton } from "antd";
import dayjs from "dayjs";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { problemText } from "@/shared/problem";
import {
  HAND_KINDS,
  type HandKind,
  type HandLine,
  useHandCheck,
  useMakeByHand,
  useTakeBack,
} from "../handApi";
import { NOTE_LENGTH, personalData } from "../note";
import { requestKey } from "../requestKey";
import { UNDO_SECONDS } from "../useRecording";
import styles from "./care.module.css";

interface Props {
  customerIds: number[];
  onClose: () => void;
  onMade?: () => void;
}

/** 手工待办: what, by when, and why; who of the chosen may not be planned for is named with the reason. */
export function PlanTask({ customerIds, onClose, onMade }: Props) {
  const { t } = useTranslation(["care", "shared"]);
  const format = useFormat();
  const planned = usePlanned();
  const [kind, setKind] = useState<HandKind>("H01");
  const [chosen, setChosen] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const key = useRef(requestKey());
  const check = useHandCheck(customerIds, kind);
  const { mutate, isPending, error, reset } = useMakeByHand();
  const found = personalData(note);
  const workdays = check.data?.workdays ?? [];
  const dueOn = chosen ?? workdays[0] ?? null;
  const may = (check.data?.lines ?? []).filter(({ refusal }) => !refusal);
  const change = () => {
    key.current = requestKey(); // another content is another request
    reset();
  };
  const send = () => {
    if (!dueOn) return;
    const asked = { customer_ids: customerIds, kind, due_on: dueOn, note, request_key: key.current };
    mutate(asked, {
      onSuccess: ({ lines }) => {
        planned(lines, asked);
        onMade?.();
        onClose();
      },
    });
  };
  return (
    <Modal
      open
      title={t("byHand.title")}
      okText={may.length > 1 ? t("byHand.sendMany", { number: may.length }) : t("byHand.send")}
      okButtonProps={{ disabled: may.length === 0 || !dueOn || found !== null, loading: isPending }}
      onOk={send}
      onCancel={onClose}
    >
      <Form layout="vertical">
        <Form.Item label={t("byHand.kind")}>
          <Radio.Group
            value={kind}
            optionType="button"
            onChange={({ target }) => {
              setKind(target.value as HandKind);
              change();
            }}
            options={HAND_KINDS.map((code) => ({ value: code, label: t(`event.${code}`) }))}
          />
          <p className={styles.quiet}>{t(`byHand.hint.${kind}`)}</p>
        </Form.Item>
        <Form.Item label={t("byHand.due")} htmlFor="hand-due">
          <DatePicker
            id="hand-due"
            style={{ minWidth: 200 }}
            allowClear={false}
            inputReadOnly
            value={dueOn ? dayjs(dueOn) : null}
            disabledDate={(day) => !workdays.includes(day.format("YYYY-MM-DD"))}
            format={(day) => format.date(day.format("YYYY-MM-DD"))}
            onChange={(day: dayjs.Dayjs | null) => {
              setChosen(day ? day.format("YYYY-MM-DD") : null);
              change();
            }}
          />
        </Form.Item>
        <Form.Item
          label={t("record.note")}
          htmlFor="hand-note"
          validateStatus={found ? "error" : ""}
          help={found ? <span role="alert">{t(`record.personal.${found}`)}</span> : undefined}
        >
          <Input.TextArea
            id="hand-note"
            value={note}
            maxLength={NOTE_LENGTH}
            autoSize={{ minRows: 2, maxRows: 4 }}
            placeholder={t("record.noteHint")}
            onChange={({ target }) => {
              setNote(target.value);
              change();
            }}
          />
        </Form.Item>
      </Form>
      {check.isPending && <Skeleton active title={false} paragraph={{ rows: 1 }} />}
      {check.error && <ProblemView error={check.error} onRetry={() => void check.refetch()} />}
      {check.data && <Lines lines={check.data.lines} />}
      {error && <ProblemView error={error} />}
    </Modal>
  );
}

function Lines({ lines }: { lines: HandLine[] }) {
  const { t } = useTranslation("care");
  const refused = lines.filter(({ refusal }) => refusal);
  const may = lines.filter(({ refusal }) => !refusal);
  const owners = [...new Set(may.map(({ assignee }) => assignee?.name ?? t("lists.pool")))];
  return (
    <div className={styles.plan} role="status">
      {may.length > 0 && (
        <p>
          {t("byHand.goes", {
            customers: may.map(({ name }) => name).join(t("byHand.and")),
            to: owners.join(t("byHand.and")),
          })}
        </p>
      )}
      {refused.length > 0 && (
        <ul className={styles.refused}>
          {refused.map((line) => (
            <li key={line.customer_id}>
              <strong>{line.name}</strong>{" "}
              {t(`byHand.refusal.${line.refusal}`, { experiment: line.experiment })}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Say what was planned, and offer to take it back for some seconds. */
function usePlanned() {
  const { t } = useTranslation(["care", "shared"]);
  const { notification } = App.useApp();
  const takeBack = useTakeBack();
  return (lines: HandLine[], asked: { customer_ids: number[]; kind: HandKind; request_key: string }) => {
    const made = lines.filter(({ task_id }) => task_id !== null);
    const left = lines.length - made.length;
    const undo = () =>
      takeBack.mutate(
        { customer_ids: asked.customer_ids, kind: asked.kind, request_key: asked.request_key },
        {
          onSuccess: ({ tasks }) =>
            notification.info({
              key: "record",
              placement: "bottom",
              title: t("byHand.undone", { number: tasks }),
              duration: 3,
            }),
          onError: (error) => {
            const text = problemText(error, t);
            notification.error({
              key: "record",
              placement: "bottom",
              title: text.title,
              description: text.remedy,
              duration: 0,
            });
          },
        },
      );
    notification.success({
      key: "record",
      placement: "bottom",
      title:
        made.length === 1
          ? t("byHand.made", { name: made[0]?.name, kind: t(`event.${asked.kind}`) })
          : t("byHand.madeMany", { number: made.length, kind: t(`event.${asked.kind}`) }),
      description: left > 0 ? t("byHand.left", { number: left }) : undefined,
      duration: UNDO_SECONDS,
      actions: (
        <Button size="small" onClick={undo}>
          {t("undo")}
        </Button>
      ),
    });
  };
}
