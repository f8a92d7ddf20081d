import { InputNumber, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { count } from "@/shared/format/numbers";
import type { Choice } from "../types";
import styles from "./journey.module.css";

/** A part of a form with its name above, and what it means below. */
export function Field({ name, hint, children }: { name: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <span>{name}</span>
      {children}
      {hint && <small>{hint}</small>}
    </div>
  );
}

interface PickProps {
  name: string;
  value: string | null | undefined;
  choices: Choice[];
  clear?: boolean;
  onPick: (code: string | null) => void;
}

/** One of the segments, events or tags, by its name. */
export function Pick({ name, value, choices, clear = false, onPick }: PickProps) {
  const { t } = useTranslation("outreach");
  const known = choices.some(({ code }) => code === value);
  return (
    <Select
      aria-label={name}
      // what is not there any more shows as if nothing was chosen; the check says so
      value={known ? value : null}
      placeholder={t("journey.form.choose")}
      allowClear={clear}
      showSearch={{ optionFilterProp: "name" }}
      options={choices.map(({ code, name: label, size }) => ({
        value: code,
        name: label,
        label:
          size === null || size === undefined
            ? label
            : `${label} · ${t("journey.form.size", { number: count(size) })}`,
      }))}
      onChange={(code?: string | null) => onPick(code ?? null)}
    />
  );
}

interface NumberProps {
  name: string;
  value: number;
  min: number;
  max: number;
  unit?: string;
  onChange: (value: number) => void;
}

export function NumberField({ name, value, min, max, unit, onChange }: NumberProps) {
  return (
    <InputNumber
      aria-label={name}
      min={min}
      max={max}
      precision={0}
      value={value}
      {...(unit ? { suffix: unit } : {})}
      onChange={(changed) => changed !== null && onChange(changed)}
    />
  );
}

/** Until which hour of the day; any. */
export function HourField({
  value,
  onChange,
}: {
  value: number | null;
  onChange: (hour: number | null) => void;
}) {
  const { t } = useTranslation("outreach");
  return (
    <Select<number | null>
      aria-label={t("journey.form.atHour")}
      value={value}
      options={[
        { value: null, label: t("journey.form.anyHour") },
        ...Array.from({ length: 24 }, (_, hour) => ({ value: hour, label: `${hour}:00` })),
      ]}
      onChange={onChange}
    />
  );
}
