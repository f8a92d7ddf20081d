import { Input, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { useShownFields } from "../customApi";
import { readCustom, writeCustom, type Asked, type ShownField, type Way } from "../custom";
import { Choices, Range, type Size, YesNo } from "./ConditionFields";
import styles from "./customers.module.css";

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
  const shared = { title, size };
  if (kind === "YES_NO")
    return <YesNo {...shared} value={asked.is} onChange={(wanted) => onChange("is", wanted)} />;
  if (kind === "CHOICE" || kind === "CHOICES")
    return (
      <Choices
        {...shared}
        value={asked.is ? asked.is.split("|") : []}
        onChange={(codes) => onChange("is", codes.join("|"))}
        options={options.map(({ code, name }) => ({ value: code, label: name }))}
      />
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
  if (kind === "DATE") return <Range {...shared} value={(end) => asked[end]} onChange={onChange} />;
  return (
    <Range
      {...shared}
      value={(end) => asked[end]}
      onChange={onChange}
      number={(input) => (
        <InputNumber
          {...input.shared}
          {...(unit ? { suffix: unit } : {})}
          controls={false}
          min={-999_999_999_999}
          max={999_999_999_999}
          value={input.value ? Number(input.value) : null}
          onChange={(number) => input.onChange(number === null ? "" : String(number))}
        />
      )}
    />
  );
}
