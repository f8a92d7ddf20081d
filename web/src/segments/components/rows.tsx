import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { ProblemOut, RuleField, Rows } from "../api";
import { begun, column, firstTest, isNumber, journals } from "../catalogue";
import { problemsAt, useDrawing } from "../drawing";
import { type Behaviour, type Doing, MEASURES, type Sequence } from "../rule";
import type { ConditionProps } from "./conditions";
import { SpanInput } from "./inputs";
import { TestEditor } from "./TestEditor";
import styles from "./builder.module.css";

interface RowsProps {
  doing: Doing;
  tables: Rows[];
  problems: ProblemOut[];
  onChange: (doing: Doing) => void;
}

/** Rows of a table, and which of them. */
function RowsEditor({ doing, tables, problems, onChange }: RowsProps) {
  const { t } = useTranslation("segments");
  const { catalogue } = useDrawing();
  const rows = catalogue.rows(doing.table);
  const filters = doing.filters ?? [];
  const columnsOf = (test: (field: RuleField) => boolean = () => true) =>
    (rows?.columns ?? []).filter(test).map(({ name, title }) => ({ value: name, label: title }));
  const fresh = (name: string) => {
    const known = column(rows, name);
    return { field: name, ...(known ? firstTest(known) : { op: "eq" }), unit: undefined };
  };
  return (
    <>
      <Select
        aria-label={t("rows")}
        popupMatchSelectWidth={false}
        value={doing.table}
        status={problems.some(({ place }) => place.endsWith("/table")) ? "error" : ""}
        onChange={(table) => onChange({ table, filters: [] })}
        options={tables.map(({ name, title }) => ({ value: name, label: title }))}
      />
      {filters.map((filter, at) => {
        const known = column(rows, filter.field);
        const put = (to: typeof filter) => onChange({ ...doing, filters: filters.with(at, to) });
        return (
          <span key={at} className={styles.filter}>
            <Select
              aria-label={t("column")}
              popupMatchSelectWidth={false}
              value={filter.field}
              onChange={(name) => put(fresh(name))}
              options={columnsOf()}
            />
            {known && (
              <TestEditor
                field={known}
                test={filter}
                others={rows?.columns ?? []}
                problems={problems.filter(({ place }) => place.includes(`/filters/${at}/`))}
                onChange={put}
              />
            )}
            <Button
              type="text"
              icon={<CloseOutlined />}
              aria-label={t("dropFilter", { column: known?.title ?? filter.field })}
              onClick={() => onChange({ ...doing, filters: filters.toSpliced(at, 1) })}
            />
          </span>
        );
      })}
      <Select
        className={styles.addFilter}
        aria-label={t("addFilter")}
        popupMatchSelectWidth={false}
        variant="borderless"
        placeholder={
          <>
            <PlusOutlined /> {t("addFilter")}
          </>
        }
        value={null}
        onChange={(name: string | null) => name && onChange({ ...doing, filters: [...filters, fresh(name)] })}
        options={columnsOf()}
      />
    </>
  );
}

/** 行为: rows counted or summed. */
export function BehaviourEditor({ leaf, problems, onChange }: ConditionProps<Behaviour>) {
  const { t } = useTranslation("segments");
  const { catalogue } = useDrawing();
  const rows = catalogue.rows(leaf.table);
  const measure = leaf.measure ?? "count";
  const numbers = (rows?.columns ?? []).filter(isNumber);
  const measured = column(rows, leaf.column);
  const counts = measure === "count" || measure === "days";
  const field: RuleField = {
    name: "", about: "", group: "", unit: "", values: [], open: true,
    kind: counts ? "int" : (measured?.kind ?? "int"),
    title: t(`measure.${measure}`),
    operators: ["ge", "le", "gt", "lt", "eq", "ne", "between"],
  }; // prettier-ignore
  const offered = MEASURES.filter(
    (one) =>
      one === "count" ||
      (one === "days" ? rows?.journal : numbers.length > 0 && (one !== "sum" || leaf.table !== "events")),
  );
  const choose = (next: (typeof MEASURES)[number]) => {
    const { column: before, ...rest } = leaf;
    const plain = next === "count" || next === "days";
    onChange(
      plain
        ? { ...rest, measure: next }
        : { ...rest, measure: next, column: before ?? numbers[0]?.name ?? null },
    );
  };
  const retable = (doing: Doing) =>
    onChange(doing.table === leaf.table ? { ...leaf, ...doing } : begun(catalogue, "behaviour", doing.table));
  const direct = problems.filter(({ place }) => !place.includes("/filters/"));
  return (
    <>
      {rows?.journal && (
        <>
          <span className={styles.word}>{t("inLast")}</span>
          <SpanInput
            label={t("window")}
            status={direct.some(({ place }) => place.endsWith("/last")) ? "error" : undefined}
            value={leaf.last ?? { n: 30 }}
            onChange={(last) => onChange({ ...leaf, last })}
          />
        </>
      )}
      <RowsEditor doing={leaf} tables={catalogue.all.rows} problems={problems} onChange={retable} />
      <span className={styles.word}>{t("measured")}</span>
      <Select
        aria-label={t("measureName")}
        popupMatchSelectWidth={false}
        value={measure}
        onChange={choose}
        options={offered.map((one) => ({ value: one, label: t(`measure.${one}`) }))}
      />
      {!counts && (
        <Select
          aria-label={t("column")}
          popupMatchSelectWidth={false}
          status={direct.some(({ place }) => place.endsWith("/column")) ? "error" : ""}
          value={leaf.column ?? null}
          onChange={(name: string | null) => onChange({ ...leaf, column: name })}
          options={numbers.map(({ name, title }) => ({ value: name, label: title }))}
        />
      )}
      <TestEditor
        field={field}
        test={{
          op: leaf.op ?? "ge",
          value: leaf.value === undefined && !("value" in leaf) ? 1 : (leaf.value ?? null),
        }}
        problems={direct}
        onChange={(test) => onChange({ ...leaf, ...test })}
      />
    </>
  );
}

/** 先后: one thing and then another. */
export function SequenceEditor({ leaf, place, problems, onChange }: ConditionProps<Sequence>) {
  const { t } = useTranslation("segments");
  const { catalogue } = useDrawing();
  const tables = journals(catalogue);
  const at = (key: string) => problemsAt(problems, `${place}/${key}`);
  const status = (key: string) => (at(key).length ? ("error" as const) : undefined);
  return (
    <>
      <span className={styles.word}>{t("inLast")}</span>
      <SpanInput
        label={t("window")}
        status={status("last")}
        value={leaf.last}
        onChange={(last) => onChange({ ...leaf, last })}
      />
      <span className={styles.word}>{t("did")}</span>
      <RowsEditor
        doing={leaf.first}
        tables={tables}
        problems={at("first")}
        onChange={(first) => onChange({ ...leaf, first })}
      />
      <span className={styles.word}>{t("thenWithin")}</span>
      <SpanInput
        label={t("within")}
        status={status("within")}
        units={["day", "week"]}
        value={leaf.within}
        onChange={(within) => onChange({ ...leaf, within })}
      />
      <Select
        aria-label={t("happens")}
        popupMatchSelectWidth={false}
        value={leaf.happens === false ? "no" : "yes"}
        onChange={(answer) => onChange({ ...leaf, happens: answer === "yes" })}
        options={["yes", "no"].map((one) => ({ value: one, label: t(`happened.${one}`) }))}
      />
      <RowsEditor
        doing={leaf.then}
        tables={tables}
        problems={at("then")}
        onChange={(then) => onChange({ ...leaf, then })}
      />
    </>
  );
}
