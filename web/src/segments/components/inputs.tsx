import { DatePicker, InputNumber, Select, Space, TreeSelect } from "antd";
import dayjs from "dayjs";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import type { RuleField } from "../api";
import { MONEY_UNITS, type MoneyUnit, type Scalar, type Span, UNITS } from "../rule";
import styles from "./builder.module.css";

type Status = "error" | undefined;
interface Base {
  label: string;
  status?: Status;
}

/** A length of time: 30 天. */
export function SpanInput({
  value,
  onChange,
  label,
  status,
  units = UNITS,
}: Base & { value: Span; onChange: (span: Span) => void; units?: readonly (typeof UNITS)[number][] }) {
  const { t } = useTranslation("segments");
  return (
    <Space.Compact>
      <InputNumber
        className={styles.small}
        aria-label={label}
        status={status ?? ""}
        min={1}
        max={36_500}
        precision={0}
        value={value.n}
        onChange={(n) => n !== null && onChange({ ...value, n })}
      />
      <Select
        aria-label={t("unitOf", { what: label })}
        popupMatchSelectWidth={false}
        value={value.unit ?? "day"}
        onChange={(unit) => onChange({ ...value, unit })}
        options={units.map((unit) => ({ value: unit, label: t(`unit.${unit}`) }))}
      />
    </Space.Compact>
  );
}

export function DateInput({
  value,
  onChange,
  label,
  status,
}: Base & { value: unknown; onChange: (day: string) => void }) {
  return (
    <DatePicker
      aria-label={label}
      status={status ?? ""}
      allowClear={false}
      value={typeof value === "string" && dayjs(value).isValid() ? dayjs(value) : null}
      onChange={(day: dayjs.Dayjs | null) => day && onChange(day.format("YYYY-MM-DD"))}
    />
  );
}

interface AmountProps extends Base {
  kind: string;
  values: (Scalar | undefined)[];
  unit?: MoneyUnit | undefined;
  /** Left out where the language knows no unit: the amount is in 元. */
  onUnit?: ((unit: MoneyUnit) => void) | undefined;
  onChange: (at: number, value: number | undefined) => void;
}

/** 500,000 is seen to be half a million. */
const GROUPED = {
  formatter: (value: number | undefined) => {
    const [whole = "", fraction] = String(value ?? "").split(".");
    return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + (fraction === undefined ? "" : `.${fraction}`);
  },
  parser: (text: string | undefined) => Number((text ?? "").replaceAll(",", "")),
};

/** One number or two; of money with its unit (元, 万元, 亿元), and what it comes to. */
export function AmountInput({ kind, values, unit = "CNY", onUnit, onChange, label, status }: AmountProps) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const money = kind === "money";
  return (
    <span className={styles.amount}>
      {values.map((value, at) => (
        <span key={at} className={styles.amount}>
          {at > 0 && <span className={styles.word}>{t("to")}</span>}
          <InputNumber
            className={money ? styles.money : styles.number}
            aria-label={values.length > 1 ? t(at ? "upTo" : "from", { what: label }) : label}
            status={status ?? ""}
            controls={false}
            {...(money ? GROUPED : {})}
            {...(kind === "int" ? { precision: 0 } : {})}
            value={typeof value === "boolean" || value === undefined ? null : Number(value)}
            title={
              money && unit === "CNY" && value !== undefined && typeof value !== "boolean"
                ? format.money(value)
                : ""
            }
            onChange={(number) => onChange(at, number ?? undefined)}
          />
        </span>
      ))}
      {money && onUnit && (
        <Select
          aria-label={t("unitOf", { what: label })}
          popupMatchSelectWidth={false}
          value={unit}
          onChange={onUnit}
          options={MONEY_UNITS.map((one) => ({ value: one, label: t(`money.${one}`) }))}
        />
      )}
      {money && !onUnit && <span className={styles.word}>{t("money.CNY")}</span>}
    </span>
  );
}

interface ChoiceProps extends Base {
  field: RuleField;
  value: Scalar | Scalar[] | undefined;
  many: boolean;
  onChange: (value: Scalar | Scalar[]) => void;
}

/** Values by their names, searched; free ones where the field knows no list. */
export function ChoiceInput({ field, value, many, onChange, label, status }: ChoiceProps) {
  const { t } = useTranslation("segments");
  const number = field.kind === "int" || field.kind === "number" || field.kind === "money";
  const known = new Map(field.values.map((one) => [String(one.value), one]));
  const raw = (text: string): Scalar =>
    known.get(text)?.value ?? (number && text.trim() && Number.isFinite(Number(text)) ? Number(text) : text);
  const free = field.open && !["set", "org"].includes(field.kind);
  const shared = {
    className: styles.choice,
    "aria-label": label,
    status: status ?? ("" as const),
    popupMatchSelectWidth: false,
    placeholder: t(field.values.length ? "choose" : "typeValue"),
    showSearch: { optionFilterProp: "label" },
    options: field.values.map((one) => ({ value: String(one.value), label: one.name })),
  };
  if (many)
    return (
      <Select
        {...shared}
        mode={free ? "tags" : "multiple"}
        {...(free ? { tokenSeparators: [",", " ", "\u3001", "\uff0c"] } : {})}
        value={(Array.isArray(value) ? value : []).map(String)}
        onChange={(values: string[]) => onChange(values.map(raw))}
      />
    );
  return (
    <Select
      {...shared}
      {...(free ? { mode: "tags" as const, maxCount: 2 } : {})}
      value={
        value === undefined || Array.isArray(value)
          ? free
            ? []
            : null
          : free
            ? [String(value)]
            : String(value)
      }
      onChange={(one: string | string[] | null) => {
        const last = Array.isArray(one) ? one.at(-1) : one;
        if (last != null) onChange(raw(last));
      }}
    />
  );
}

interface Branch {
  value: string;
  title: string;
  children: Branch[];
}

/** Orgs as the tree that they are. */
export function OrgInput({ field, value, many, onChange, label, status }: ChoiceProps) {
  const { t } = useTranslation("segments");
  const tree = useMemo(() => {
    const nodes = new Map<string, Branch>(
      field.values.map(({ value, name }) => [
        String(value),
        { value: String(value), title: name, children: [] },
      ]),
    );
    const roots: Branch[] = [];
    for (const { value, parent } of field.values) {
      const node = nodes.get(String(value));
      if (node) (nodes.get(parent ?? "")?.children ?? roots).push(node);
    }
    return roots;
  }, [field]);
  return (
    <TreeSelect
      className={styles.choice}
      aria-label={label}
      status={status ?? ""}
      treeData={tree}
      multiple={many}
      popupMatchSelectWidth={false}
      showSearch={{ treeNodeFilterProp: "title" }}
      treeDefaultExpandedKeys={tree.map(({ value }) => value)}
      placeholder={t("chooseOrg")}
      value={many ? ((Array.isArray(value) ? value : []) as string[]) : ((value ?? null) as string | null)}
      onChange={(found: string | string[] | null) => found !== null && onChange(found)}
    />
  );
}
