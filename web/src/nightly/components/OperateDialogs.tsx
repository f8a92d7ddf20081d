import { App, DatePicker, Input, Modal } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useRelease, useRerun, type RunOut } from "../api";
import { useRunReason } from "../useRunReason";
import styles from "./nightly.module.css";

const SHORTEST = 4;

interface ReleaseProps {
  run: RunOut;
  onClose: () => void;
  onDone: () => void;
}

/** Let a held doubt pass: the note goes on record with the operator's name. */
export function ReleaseDialog({ run, onClose, onDone }: ReleaseProps) {
  const { t } = useTranslation(["nightly", "shared"]);
  const format = useFormat();
  const reason = useRunReason();
  const { message } = App.useApp();
  const [note, setNote] = useState("");
  const release = useRelease();
  const send = () =>
    release.mutate(
      { runId: run.id, note },
      {
        onSuccess: () => {
          void message.success(t("release.done"));
          onDone();
        },
      },
    );
  return (
    <Modal
      open
      title={t("release.title", { date: format.date(run.biz_date) })}
      okText={t("release.action")}
      okButtonProps={{ disabled: note.trim().length < SHORTEST }}
      confirmLoading={release.isPending}
      onOk={send}
      onCancel={onClose}
    >
      <div className={styles.dialog}>
        <strong>{reason(run).title}</strong>
        <span>{t("release.hint")}</span>
        <label htmlFor="release-note">{t("release.note")}</label>
        <Input.TextArea
          id="release-note"
          autoFocus
          value={note}
          maxLength={200}
          showCount
          rows={3}
          onChange={(event) => setNote(event.target.value)}
        />
        {release.error && <ProblemView error={release.error} />}
      </div>
    </Modal>
  );
}

interface RerunProps {
  bizDate: string;
  onClose: () => void;
  onDone: () => void;
}

/** Run a date again; a published one is made anew together with all later ones. */
export function RerunDialog({ bizDate, onClose, onDone }: RerunProps) {
  const { t } = useTranslation(["nightly", "shared"]);
  const format = useFormat();
  const { message } = App.useApp();
  const [day, setDay] = useState(bizDate);
  const rerun = useRerun();
  const send = () =>
    rerun.mutate(day, {
      onSuccess: () => {
        void message.success(t("rerun.done"));
        onDone();
      },
    });
  return (
    <Modal
      open
      title={t("rerun.title")}
      okText={t("rerun.action")}
      okButtonProps={{ disabled: !day }}
      confirmLoading={rerun.isPending}
      onOk={send}
      onCancel={onClose}
    >
      <div className={styles.dialog}>
        <label htmlFor="rerun-date">{t("column.date")}</label>
        <DatePicker
          id="rerun-date"
          value={day ? dayjs(day) : null}
          allowClear={false}
          format={(date) => format.date(date.format("YYYY-MM-DD"))}
          onChange={(date: dayjs.Dayjs | null) => date && setDay(date.format("YYYY-MM-DD"))}
        />
        <span className={styles.quiet}>{t("rerun.hint")}</span>
        {rerun.error && <ProblemView error={rerun.error} />}
      </div>
    </Modal>
  );
}
