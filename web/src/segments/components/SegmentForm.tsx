import { Input, Modal, Segmented } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { ProblemView } from "@/shared/components/ProblemView";
import { KINDS, SCHEDULES, SCOPES, type SegmentIn, type SegmentTexts } from "../storeApi";
import styles from "./segment.module.css";

export const NO_TEXTS: SegmentTexts = {
  name_zh: "",
  name_en: "",
  about_zh: "",
  about_en: "",
  reason_zh: "",
  reason_en: "",
  care_zh: "",
  care_en: "",
};

/** Level of the head office, which sees the whole bank. */
export const HEAD_OFFICE = 1;

interface Props {
  title: string;
  ok: string;
  first: SegmentTexts;
  /** Of a new segment: how it is kept and whose it is; its kind, if that is settled. */
  placed?: { kind?: SegmentIn["kind"] };
  error: unknown;
  busy: boolean;
  extra?: ReactNode;
  ready?: boolean;
  onSend: (made: SegmentIn) => void;
  onClose: () => void;
}

/** Name, meaning, reason and suggested care of a segment. */
export function SegmentForm({
  title,
  ok,
  first,
  placed,
  error,
  busy,
  extra,
  ready = true,
  onSend,
  onClose,
}: Props) {
  const { t, i18n } = useTranslation("segments");
  const org = useMe().data?.org;
  const english = i18n.language === "en";
  const [texts, setTexts] = useState(first);
  const [other, setOther] = useState(false);
  const scopes = SCOPES.filter((scope) => (org?.level === HEAD_OFFICE ? scope !== "ORG" : scope !== "BANK"));
  const [scope, setScope] = useState<SegmentIn["scope"]>("MINE");
  const [kind, setKind] = useState<SegmentIn["kind"]>(placed?.kind ?? "DYNAMIC");
  const [schedule, setSchedule] = useState<SegmentIn["schedule"]>("NIGHTLY");
  const named = Boolean(texts.name_zh?.trim() || texts.name_en?.trim());
  const field = (what: "name" | "about" | "reason" | "care", language: "zh" | "en") => {
    const key = `${what}_${language}` as const;
    return (
      <label key={key} className={styles.formField}>
        <span>
          {language === (english ? "en" : "zh")
            ? t(`form.${what}`)
            : t("form.inOther", { what: t(`form.${what}`) })}
        </span>
        <Input
          autoFocus={what === "name" && language === (english ? "en" : "zh")}
          maxLength={what === "name" ? (language === "zh" ? 60 : 120) : 500}
          placeholder={t(`form.${what}Hint`)}
          value={texts[key] ?? ""}
          onChange={(event) => setTexts({ ...texts, [key]: event.target.value })}
        />
      </label>
    );
  };
  const parts = ["name", "about", "reason", "care"] as const;
  return (
    <Modal
      open
      title={title}
      okText={ok}
      onOk={() => onSend({ ...texts, kind, schedule, scope, note: "" })}
      okButtonProps={{ disabled: !named || !ready }}
      confirmLoading={busy}
      onCancel={onClose}
    >
      <div className={styles.form}>
        {parts.map((what) => field(what, english ? "en" : "zh"))}
        <button type="button" className={styles.link} aria-expanded={other} onClick={() => setOther(!other)}>
          {t("form.other")}
        </button>
        {other && parts.map((what) => field(what, english ? "zh" : "en"))}
        {placed && (
          <>
            <div className={styles.formField}>
              <span>{t("form.scope")}</span>
              <Segmented
                aria-label={t("form.scope")}
                value={scope ?? "MINE"}
                onChange={setScope}
                options={scopes.map((one) => ({
                  value: one,
                  label: one === "ORG" ? (org?.name ?? t("scope.ORG")) : t(`scope.${one}`),
                }))}
              />
              <small>{t(scope === "MINE" ? "form.mineHint" : "form.approvalHint")}</small>
            </div>
            {!placed.kind && (
              <div className={styles.formField}>
                <span>{t("form.kind")}</span>
                <Segmented
                  aria-label={t("form.kind")}
                  value={kind ?? "DYNAMIC"}
                  onChange={setKind}
                  options={KINDS.filter((one) => one !== "LIST").map((one) => ({
                    value: one,
                    label: t(`kindName.${one}`),
                  }))}
                />
                <small>{t(`kindHint.${kind ?? "DYNAMIC"}`)}</small>
              </div>
            )}
            {kind === "DYNAMIC" && (
              <div className={styles.formField}>
                <span>{t("form.schedule")}</span>
                <Segmented
                  aria-label={t("form.schedule")}
                  value={schedule ?? "NIGHTLY"}
                  onChange={setSchedule}
                  options={SCHEDULES.map((one) => ({ value: one, label: t(`schedule.${one}`) }))}
                />
                <small>{t(`scheduleHint.${schedule ?? "NIGHTLY"}`)}</small>
              </div>
            )}
          </>
        )}
        {extra}
        {error !== null && error !== undefined && <ProblemView error={error} />}
      </div>
    </Modal>
  );
}
