import { Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { ProblemOut, RuleField } from "../api";
import { comparable, isNumber, shapeOf, valued } from "../catalogue";
import { isOther, isSpan, type Other, PERIODS, type Scalar, type Test, type Value } from "../rule";
import { AmountInput, ChoiceInput, DateInput, OrgInput, SpanInput } from "./inputs";
import styles from "./builder.module.css";

interface Props<T extends Test> {
  field: RuleField;
  test: T;
  /** Fields that it may be compared with. */
  others?: RuleField[];
  /** Whether the language lets an amount have a unit here. */
  units?: boolean;
  problems: ProblemOut[];
  onChange: (test: T) => void;
}

/** What an operator is called of a kind of field: dates are before, numbers are below. */
export function useOperator(): (op: string, kind: string) => string {
  const { t } = useTranslation("segments");
  return (op, kind) => t(`op.${kind}.${op}`, { defaultValue: "" }) || t(`op.any.${op}`);
}

/** An operator and what it compares with, as the kind of the field asks for it. */
export function TestEditor<T extends Test>({
  field,
  test,
  others = [],
  units = false,
  problems,
  onChange,
}: Props<T>) {
  const { t } = useTranslation("segments");
  const named = useOperator();
  const wrong = problems.some(({ place }) => /\/value(\/|$)/.test(place)) ? ("error" as const) : undefined;
  const set = (value: Value | undefined) => onChange({ ...test, value });
  const kept = comparable(field, test.op, others);
  const toOther = isOther(test.value);
  const changeOp = (op: string) => {
    const { value: before, ...rest } = test;
    const keeps = toOther && comparable(field, op, others).length > 0;
    onChange({ ...rest, op, ...(keeps ? { value: before } : valued(op, before, test.op)) } as T);
  };
  return (
    <>
      <Select
        className={styles.op}
        aria-label={t("operatorOf", { field: field.title })}
        popupMatchSelectWidth={false}
        status={problems.some(({ place }) => place.endsWith("/op")) ? "error" : ""}
        value={test.op}
        onChange={changeOp}
        options={field.operators.map((op) => ({ value: op, label: named(op, field.kind) }))}
      />
      {kept.length > 0 && (
        <Select
          aria-label={t("comparedWith")}
          popupMatchSelectWidth={false}
          value={toOther ? "field" : "value"}
          onChange={(kind) => {
            if (kind === "field")
              onChange({ ...test, unit: undefined, value: { field: kept[0]?.name ?? "", times: 1 } });
            else
              onChange({
                ...test,
                ...(units && field.kind === "money" ? { unit: "WAN" } : {}),
                value: undefined,
              });
          }}
          options={["value", "field"].map((kind) => ({ value: kind, label: t(`with.${kind}`) }))}
        />
      )}
      {isOther(test.value) ? (
        <OtherInput value={test.value} fields={kept} money={field.kind === "money"} onChange={set} />
      ) : (
        <ValueInput field={field} test={test} units={units} status={wrong} set={set} onChange={onChange} />
      )}
    </>
  );
}

interface ValueProps<T extends Test> {
  field: RuleField;
  test: T;
  units: boolean;
  status: "error" | undefined;
  set: (value: Value | undefined) => void;
  onChange: (test: T) => void;
}

function ValueInput<T extends Test>({ field, test, units, status, set, onChange }: ValueProps<T>) {
  const { t } = useTranslation("segments");
  const shape = shapeOf(test.op);
  const { value } = test;
  const label = t("valueOf", { field: field.title });
  const shared = { label, ...(status ? { status } : {}) };
  if (shape === "none") return null;
  if (shape === "span")
    return <SpanInput {...shared} value={isSpan(value) ? value : { n: 30, unit: "day" }} onChange={set} />;
  if (shape === "period")
    return (
      <Select
        aria-label={label}
        value={value as string}
        onChange={set}
        options={PERIODS.map((period) => ({ value: period, label: t(`period.${period}`) }))}
      />
    );
  const list = Array.isArray(value) ? value : [];
  const one = isSpan(value) || isOther(value) || Array.isArray(value) ? undefined : (value ?? undefined);
  if (shape === "list") {
    const Choices = field.kind === "org" ? OrgInput : ChoiceInput;
    return <Choices {...shared} field={field} value={list} many onChange={set} />;
  }
  const pair = (at: number, found: Scalar | undefined) => set([list[0], list[1]].with(at, found) as Scalar[]);
  const ends = shape === "pair" ? [list[0], list[1]] : [one];
  const change = (at: number, found: Scalar | undefined) => (shape === "pair" ? pair(at, found) : set(found));
  if (field.kind === "date")
    return (
      <span className={styles.amount}>
        {ends.map((day, at) => (
          <span key={at} className={styles.amount}>
            {at > 0 && <span className={styles.word}>{t("to")}</span>}
            <DateInput
              {...shared}
              label={shape === "pair" ? t(at ? "upTo" : "from", { what: label }) : label}
              value={day}
              onChange={(found) => change(at, found)}
            />
          </span>
        ))}
      </span>
    );
  if (isNumber(field) && !field.values.length)
    return (
      <AmountInput
        {...shared}
        kind={field.kind}
        values={ends}
        unit={test.unit ?? "CNY"}
        onUnit={units && field.kind === "money" ? (unit) => onChange({ ...test, unit }) : undefined}
        onChange={change}
      />
    );
  if (field.kind === "text" && test.op === "contains")
    return (
      <Input
        className={styles.choice}
        aria-label={label}
        status={status ?? ""}
        value={typeof one === "string" ? one : ""}
        onChange={(event) => set(event.target.value)}
      />
    );
  const Choice = field.kind === "org" ? OrgInput : ChoiceInput;
  return (
    <>
      {ends.map((found, at) => (
        <Choice
          key={at}
          {...shared}
          field={field}
          value={found}
          many={false}
          onChange={(to) => change(at, to as Scalar)}
        />
      ))}
    </>
  );
}

interface OtherProps {
  value: Other;
  fields: RuleField[];
  money: boolean;
  onChange: (other: Other) => void;
}

/** Another field × a factor + an amount. */
function OtherInput({ value, fields, money, onChange }: OtherProps) {
  const { t } = useTranslation("segments");
  return (
    <span className={styles.amount}>
      <Select
        className={styles.choice}
        aria-label={t("otherField")}
        popupMatchSelectWidth={false}
        showSearch={{ optionFilterProp: "label" }}
        value={value.field}
        onChange={(field) => onChange({ ...value, field })}
        options={fields.map(({ name, title }) => ({ value: name, label: title }))}
      />
      <span className={styles.word}>{"×"}</span>
      <InputNumber
        className={styles.small}
        aria-label={t("times")}
        controls={false}
        value={value.times ?? 1}
        onChange={(times) => times !== null && onChange({ ...value, times })}
      />
      <span className={styles.word}>{"+"}</span>
      <InputNumber
        className={styles.number}
        aria-label={t("plus")}
        controls={false}
        value={value.plus ?? 0}
        onChange={(plus) => plus !== null && onChange({ ...value, plus })}
      />
      {money && <span className={styles.word}>{t("money.CNY")}</span>}
    </span>
  );
}
