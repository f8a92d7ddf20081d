import { Button, Input, Segmented, Select } from "antd";
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { useScreen } from "@/shared/hooks/useScreen";
import type { ResultIn } from "../api";
import { CHANNELS, CONNECTED, GRAVE, NOT_CONNECTED } from "../codes";
import { NOTE_LENGTH, personalData } from "../note";
import { requestKey } from "../requestKey";
import styles from "./care.module.css";
import { useHeard } from "../useHeard";
import { NextDate } from "./NextDate";

export interface ResultFormHandle {
  focus: () => void;
}

interface Props {
  ref?: Ref<ResultFormHandle>;
  busy?: boolean;
  onRecord: (result: ResultIn) => void;
}

/** What came of a contact: a click on the result records it with the channel, date and note beside it. */
export function ResultForm({ ref, busy = false, onRecord }: Props) {
  const { t } = useTranslation("care");
  const { phone } = useScreen();
  const [channel, setChannel] = useState<string>("PHONE");
  const [nextOn, setNextOn] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const results = useRef<HTMLDivElement>(null);
  const key = useRef(requestKey());
  useEffect(() => {
    key.current = requestKey(); // another content is another contact
  }, [channel, nextOn, note]);
  useImperativeHandle(ref, () => ({
    focus() {
      results.current?.scrollIntoView({ block: "end" });
      results.current?.querySelector("button")?.focus({ preventScroll: true });
    },
  }));
  const found = personalData(note);
  const heard = useHeard(found ? "" : note);

  const record = (result: string) =>
    onRecord({
      channel,
      result,
      note,
      next_on: result === "DND_REQUEST" ? null : nextOn,
      request_key: key.current,
    });

  const group = (name: string, codes: readonly string[]) => (
    <fieldset className={styles.results} disabled={busy || found !== null}>
      <legend>{t(name)}</legend>
      {codes.map((code) => (
        <Button
          key={code}
          size={phone ? "large" : "middle"}
          danger={GRAVE.has(code)}
          disabled={busy || found !== null}
          // The next customer's form takes this one's place: the second half of a double click is not for it.
          onClick={(event) => event.detail < 2 && record(code)}
        >
          {t(`result.${code}`)}
        </Button>
      ))}
    </fieldset>
  );

  const channels = CHANNELS.map((code) => ({ value: code, label: t(`channel.${code}`) }));
  return (
    <div className={styles.form}>
      <div className={styles.field}>
        <span className={styles.label}>{t("record.channel")}</span>
        {phone ? (
          <Select
            value={channel}
            options={channels}
            onChange={setChannel}
            size="large"
            aria-label={t("record.channel")}
          />
        ) : (
          <Segmented value={channel} options={channels} onChange={setChannel} size="small" />
        )}
      </div>
      <div className={styles.field}>
        <span className={styles.label}>{t("record.next")}</span>
        <NextDate value={nextOn} onChange={setNextOn} />
      </div>
      <div className={styles.field}>
        <label className={styles.label} htmlFor="contact-note">
          {t("record.note")}
        </label>
        <div className={styles.fieldBody}>
          <Input.TextArea
            id="contact-note"
            value={note}
            maxLength={NOTE_LENGTH}
            autoSize={{ minRows: 1, maxRows: 4 }}
            placeholder={t("record.noteHint")}
            status={found ? "error" : undefined}
            aria-invalid={found !== null}
            aria-describedby="contact-note-problem"
            onChange={(event) => setNote(event.target.value)}
          />
          <div id="contact-note-problem" role="alert" className={styles.noteProblem}>
            {found && t(`record.personal.${found}`)}
          </div>
          {heard?.is_complaint && (
            <div role="status" className={styles.heard}>
              {t("record.complaint", { topic: t(`topic.${heard.topic}`) })}{" "}
              <Button
                size="small"
                danger
                disabled={busy}
                onClick={(event) => event.detail < 2 && record("COMPLAINT_RISK")}
              >
                {t("result.COMPLAINT_RISK")}
              </Button>
            </div>
          )}
        </div>
      </div>
      <div ref={results}>
        {group("record.connected", CONNECTED)}
        {group("record.notConnected", NOT_CONNECTED)}
      </div>
      <p className={styles.quiet}>{t("record.how")}</p>
    </div>
  );
}
