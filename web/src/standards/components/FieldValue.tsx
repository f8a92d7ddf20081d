import { InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { Explain } from "@/shared/components/Explain";
import { useFormat } from "@/shared/hooks/useFormat";
import { usePreferences } from "@/shared/preferences";
import type { Standard } from "../api";
import type { useWords } from "../useWords";
import { type Draft, type Field, fromInput, scaleOf, toInput } from "../values";
import styles from "./standards.module.css";

/** What is being changed, if anything is. */
export interface Editing {
  draft: Draft;
  /** Code of the threshold that the server has refused. */
  wrong: string | null;
  onChange: (key: string, value: number | null) => void;
}

interface Props {
  standard: Standard;
  field: Field;
  words: ReturnType<typeof useWords>;
  editing: Editing | null;
  /** It can't be what is written now, whatever the server says. */
  bad?: boolean;
}

/** A threshold's number: read, with who owns it on demand, or written. */
export function FieldValue({ standard, field, words, editing, bad = false }: Props) {
  const { t } = useTranslation(["standards", "shared"]);
  const { language } = usePreferences();
  const format = useFormat();
  const name = words.name(field.code, field.rank);
  if (editing && field.rank !== 0) {
    const scale = scaleOf(field, language);
    const value = field.key in editing.draft ? (editing.draft[field.key] ?? null) : field.value;
    const unit = scale === 10_000 ? t("unit.wan") : t(`unit.${field.kind}`);
    return (
      <InputNumber
        aria-label={name}
        className={styles.input}
        value={value === null ? null : toInput(value, scale)}
        min={0}
        controls={false}
        precision={field.kind === "share" ? 2 : scale === 1 ? 0 : 4}
        formatter={(shown, { userTyping, input }) => (userTyping ? input : grouped(shown))}
        parser={(typed) => Number((typed ?? "").replace(/[,，\s]/g, ""))}
        suffix={unit}
        status={bad || value === null || (editing.wrong === field.code && field.rank === null) ? "error" : ""}
        onChange={(typed) => editing.onChange(field.key, typed === null ? null : fromInput(typed, scale))}
      />
    );
  }
  return (
    <Explain
      title={name}
      text={
        <>
          <div>{t("owner", { owner: standard.owner })}</div>
          <div>{t("source", { source: standard.source })}</div>
          <div>{t("since", { date: format.shortDate(standard.valid_from) })}</div>
        </>
      }
    >
      <span className={styles.value}>{words.value(field.code, field.value)}</span>
    </Explain>
  );
}

/** 12500.5 → 12,500.5; decimals as they are, without needless zeros. */
function grouped(shown: number | string | undefined): string {
  if (shown === undefined || shown === "") return "";
  return Number(shown).toLocaleString("en-US", { maximumFractionDigits: 4 });
}

/** What the number will be, and from when on. */
export function NextValue({ standard, field, words }: Omit<Props, "editing" | "bad">) {
  const { t } = useTranslation("standards");
  const format = useFormat();
  if (field.next === null || field.next === field.value || !standard.next_from) return null;
  return (
    <span className={styles.next}>
      {t("next", {
        date: format.shortDate(standard.next_from),
        value: words.value(field.code, field.next),
      })}
    </span>
  );
}
