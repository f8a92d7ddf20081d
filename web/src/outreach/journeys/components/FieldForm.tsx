import { DatePicker, Input, InputNumber, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import type { ChangeField, Choices, FieldChoice } from "../types";
import { Field } from "./Field";
import type { FormProps } from "./StepForm";

/** Which of the bank's own fields is filled in, and with what. */
export function FieldForm({ step, choices, onChange }: FormProps<ChangeField> & { choices: Choices }) {
  const { t } = useTranslation("outreach");
  const field = choices.fields.find(({ code }) => code === step.field);
  return (
    <>
      <Field name={t("journey.form.field")} hint={choices.fields.length === 0 && t("journey.form.noFields")}>
        <Select
          aria-label={t("journey.form.field")}
          placeholder={t("journey.form.choose")}
          value={field?.code ?? null}
          showSearch={{ optionFilterProp: "label" }}
          options={choices.fields.map(({ code, name }) => ({ value: code, label: name }))}
          onChange={(code) => code !== null && onChange({ ...step, field: code, value: null })}
        />
      </Field>
      {field && (
        <Field name={t("journey.form.value")} hint={field.kind === "TEXT" && t("journey.form.valueHint")}>
          <ValueInput
            field={field}
            value={step.value ?? null}
            onValue={(value) => onChange({ ...step, value })}
          />
        </Field>
      )}
    </>
  );
}

interface ValueProps {
  field: FieldChoice;
  value: NonNullable<ChangeField["value"]> | null;
  onValue: (value: NonNullable<ChangeField["value"]> | null) => void;
}

function ValueInput({ field, value, onValue }: ValueProps) {
  const { t } = useTranslation("outreach");
  const name = t("journey.form.value");
  const options = field.options.map((option) => ({ value: option.code, label: option.name }));
  switch (field.kind) {
    case "TEXT":
      return (
        <Input
          aria-label={name}
          maxLength={200}
          value={typeof value === "string" ? value : ""}
          onChange={({ target }) => onValue(target.value || null)}
        />
      );
    case "NUMBER":
      return (
        <InputNumber
          aria-label={name}
          value={typeof value === "number" ? value : null}
          suffix={field.unit || undefined}
          onChange={onValue}
        />
      );
    case "DATE":
      return (
        <DatePicker
          aria-label={name}
          value={typeof value === "string" ? dayjs(value) : null}
          onChange={(day) => onValue(day ? day.format("YYYY-MM-DD") : null)}
        />
      );
    case "YES_NO":
      return (
        <Segmented
          aria-label={name}
          value={typeof value === "boolean" ? value : ""}
          options={[
            { value: true, label: t("journey.way.yes") },
            { value: false, label: t("journey.way.no") },
          ]}
          onChange={(said) => onValue(said === true)}
        />
      );
    case "CHOICE":
      return (
        <Select
          aria-label={name}
          placeholder={t("journey.form.choose")}
          value={typeof value === "string" ? value : null}
          options={options}
          onChange={onValue}
        />
      );
    case "CHOICES":
      return (
        <Select
          mode="multiple"
          aria-label={name}
          placeholder={t("journey.form.choose")}
          value={Array.isArray(value) ? value : []}
          options={options}
          onChange={(codes: string[]) => onValue(codes.length > 0 ? codes : null)}
        />
      );
  }
}
