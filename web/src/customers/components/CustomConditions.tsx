import { DatePicker, Input, InputNumber, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { useShownFields } from "../customApi";
import { readCustom, writeCustom, type Asked, type ShownField, type Way } from "../custom";
import styles from "./customers.module.css";

type Size = "large" | "middle";
interface Props {
  value: string | undefined;
  size: Size;
  onChange: (value: string | undefined) => void;
}

/** The bank's own fields as conditions of the list; nothing if the bank has none. */
export function CustomConditions({ value, size, onChange }: Props) {
  const { t } = useTranslation("customers");
  const fields = useShownFields();
  if (!fields.data?.length) return null;
  const asked = readCustom(value);
  return (
    <section>
      <h3>{t("group.custom")}</h3>
      {fields.data.map((field) => (
        <Condition
          key={field.code}
          field={field}
          asked={asked.get(field.code) ?? {}}
          size={size}
          onChange={(way, wanted) => onChange(writeCustom(value, field.code, way, wanted) || undefined)}
        />
      ))}
    </section>
  );
}

interface ConditionProps {
  field: ShownField;
  asked: Asked;
  size: Size;
  onChange: (way: Way, wanted: string) => void;
}

function Condition({ field: { title, kind, unit, options }, asked, size, onChange }: ConditionProps) {
  const { t } = useTranslation("customers");
  if (kind === "YES_NO")
    return (
      <div className={styles.field}>
        <span>{title}</span>
        <Segmented
          size={size}
          value={asked.is ?? ""}
          onChange={(wanted) => onChange("is", wanted)}
          options={[
            { value: "", label: t("any") },
            { value: "true", label: t("yes") },
            { value: "false", label: t("no") },
          ]}
        />
      </div>
    );
  if (kind === "CHOICE" || kind === "CHOICES")
    return (
      <label className={styles.field}>
        <span>{title}</span>
        <Select
          size={size}
          mode="multiple"
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          value={asked.is ? asked.is.split("|") : []}
          onChange={(codes: string[]) => onChange("is", codes.join("|"))}
          options={options.map(({ code, name }) => ({ value: code, label: name }))}
        />
      </label>
    );
  if (kind === "TEXT")
    return (
      <label className={styles.field}>
        <span>{title}</span>
        <Input
          key={asked.has ?? ""}
          size={size}
          allowClear
          maxLength={60}
          placeholder={t("range.text")}
          defaultValue={asked.has ?? ""}
          onBlur={({ target }) => onChange("has", target.value.trim())}
          onPressEnter={({ currentTarget }) => onChange("has", currentTarget.value.trim())}
        />
      </label>
    );
  return (
    <div className={styles.field}>
      <span>{title}</span>
      <div className={styles.range}>
        {(["from", "to"] as const).map((end) => {
          const hint = t(`range.${kind === "DATE" ? "date" : "number"}.${end}`);
          const shared = { size, "aria-label": `${title} ${hint}`, placeholder: hint };
          return kind === "DATE" ? (
            <DatePicker
              key={end}
              {...shared}
              value={asked[end] ? dayjs(asked[end]) : null}
              onChange={(day) => onChange(end, day?.format("YYYY-MM-DD") ?? "")}
            />
          ) : (
            <InputNumber
              key={end}
              {...shared}
              {...(unit ? { suffix: unit } : {})}
              controls={false}
              min={-999_999_999_999}
              max={999_999_999_999}
              value={asked[end] ? Number(asked[end]) : null}
              onChange={(number) => onChange(end, number === null ? "" : String(number))}
            />
          );
        })}
      </div>
    </div>
  );
}
