import { App, Button, DatePicker, Input } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { addDays } from "@/shared/format/dates";
import { type Effect, usePropose } from "../api";
import styles from "./standards.module.css";

const LONGEST = 200;

interface Props {
  effect: Effect;
  /** Another change waits: until it is decided nobody can ask for one. */
  waits: boolean;
  onDone: () => void;
}

/** Ask for what was simulated: from when on, and why. */
export function SubmitForm({ effect, waits, onDone }: Props) {
  const { t } = useTranslation("standards");
  const { message } = App.useApp();
  const earliest = addDays(effect.biz_date, 1);
  const [from, setFrom] = useState(earliest);
  const [note, setNote] = useState("");
  const { mutate, isPending, error } = usePropose();
  const send = () =>
    mutate(
      { values: effect.values, valid_from: from, note: note.trim() },
      {
        onSuccess: () => {
          void message.success(t("submit.done"));
          onDone();
        },
      },
    );
  if (waits) return <p className={styles.quiet}>{t("submit.waits")}</p>;
  return (
    <div className={styles.form}>
      <label>
        {t("submit.from")}
        <DatePicker
          value={dayjs(from)}
          minDate={dayjs(earliest)}
          allowClear={false}
          aria-label={t("submit.from")}
          status={error?.place === "valid_from" ? "error" : ""}
          onChange={(day) => day && setFrom(day.format("YYYY-MM-DD"))}
        />
      </label>
      <label>
        {t("submit.why")}
        <Input.TextArea
          value={note}
          maxLength={LONGEST}
          autoSize={{ minRows: 2, maxRows: 5 }}
          placeholder={t("submit.whyHint")}
          aria-label={t("submit.why")}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      {error && <ProblemView error={error} />}
      <Button type="primary" disabled={!note.trim()} loading={isPending} onClick={send}>
        {t("submit.send")}
      </Button>
    </div>
  );
}
