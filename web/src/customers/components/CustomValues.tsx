import { EditOutlined, HistoryOutlined } from "@ant-design/icons";
import { App, Button, DatePicker, Input, InputNumber, Popover, Select, Skeleton } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { type CustomValue, useCustomValues, useFillCustomField, usePastValues } from "../customApi";
import styles from "./custom.module.css";

/** 自定义字段: what the bank itself wants to know of the customer, each filled in where it stands. */
export function CustomValues({ customerId }: { customerId: number }) {
  const { t } = useTranslation("customers");
  const me = useMe();
  const found = useCustomValues(customerId);
  const [editing, setEditing] = useState<string | null>(null);
  const may = me.data?.rights.includes("field.fill") ?? false;
  if (!found.data?.length) return null;
  return (
    <Panel title={t("section.custom")}>
      <dl className={styles.values}>
        {found.data.map((field) => (
          <div key={field.code}>
            <dt>
              {field.about ? (
                <Explain title={field.title} text={field.about}>
                  {field.title}
                </Explain>
              ) : (
                field.title
              )}
            </dt>
            <dd>
              {editing === field.code ? (
                <Editor customerId={customerId} field={field} onClose={() => setEditing(null)} />
              ) : (
                <>
                  <Said field={field} />
                  <Past customerId={customerId} field={field} />
                  {may && (
                    <Button
                      type="text"
                      size="small"
                      icon={<EditOutlined />}
                      aria-label={t("custom.fill", { name: field.title })}
                      onClick={() => setEditing(field.code)}
                    />
                  )}
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Said({ field }: { field: CustomValue }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  if (field.value === null || field.value === undefined)
    return <span className={`${styles.said} ${styles.quiet}`}>{t("custom.unknown")}</span>;
  return (
    <span
      className={styles.said}
      title={field.at ? t("custom.by", { name: field.by, at: format.moment(field.at) }) : ""}
    >
      {words()}
    </span>
  );

  function words(): string {
    const names = new Map(field.options.map(({ code, name }) => [code, name]));
    if (field.kind === "NUMBER")
      return `${Number(field.value).toLocaleString("en-US", { maximumFractionDigits: 6 })} ${field.unit}`.trim();
    if (field.kind === "DATE") return format.date(String(field.value));
    if (field.kind === "YES_NO") return t(field.value ? "yes" : "no");
    if (field.kind === "TEXT") return String(field.value);
    const codes = (Array.isArray(field.value) ? field.value : [field.value]) as string[];
    return codes.map((code) => names.get(code) ?? code).join(t("comma"));
  }
}

/** What stood there before, asked for when it is opened. */
function Past({ customerId, field }: { customerId: number; field: CustomValue }) {
  const { t } = useTranslation("customers");
  const name = t("custom.past", { name: field.title });
  return (
    <Popover
      trigger="click"
      destroyOnHidden
      title={name}
      content={<PastLines customerId={customerId} code={field.code} />}
    >
      <Button type="text" size="small" icon={<HistoryOutlined />} aria-label={name} />
    </Popover>
  );
}

function PastLines({ customerId, code }: { customerId: number; code: string }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const found = usePastValues(customerId, code);
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active title={false} paragraph={{ rows: 2 }} />;
  if (!found.data.length) return <span className={styles.quiet}>{t("custom.pastNone")}</span>;
  return (
    <ul className={styles.past}>
      {found.data.map(({ said, by, at, ended_by, ended_at }) => (
        <li key={ended_at}>
          {said}
          <small>
            {t("custom.pastLine", { by, at: format.moment(at), ended_by, ended_at: format.moment(ended_at) })}
          </small>
        </li>
      ))}
    </ul>
  );
}

function Editor({
  customerId,
  field,
  onClose,
}: {
  customerId: number;
  field: CustomValue;
  onClose: () => void;
}) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const [value, setValue] = useState<unknown>(field.value ?? null);
  const fill = useFillCustomField(customerId);
  const save = () =>
    fill.mutate(
      { code: field.code, value: value ?? null },
      {
        onSuccess: () => {
          void message.success(t("custom.filled", { name: field.title }));
          onClose();
        },
      },
    );
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <ValueInput field={field} value={value} onChange={setValue} />
      {field.kind === "TEXT" && <small className={styles.quiet}>{t("custom.personalHint")}</small>}
      {fill.error && <ProblemView error={fill.error} />}
      <span className={styles.buttons}>
        <Button type="primary" size="small" htmlType="submit" loading={fill.isPending}>
          {t("custom.save")}
        </Button>
        <Button size="small" onClick={onClose}>
          {t("custom.cancel")}
        </Button>
      </span>
    </form>
  );
}

interface InputProps {
  field: CustomValue;
  value: unknown;
  onChange: (value: unknown) => void;
}

function ValueInput({ field, value, onChange }: InputProps) {
  const { t } = useTranslation("customers");
  const label = { "aria-label": field.title, autoFocus: true };
  if (field.kind === "TEXT")
    return (
      <Input
        {...label}
        allowClear
        maxLength={200}
        value={typeof value === "string" ? value : ""}
        onChange={({ target }) => onChange(target.value)}
      />
    );
  if (field.kind === "NUMBER")
    return (
      <InputNumber
        {...label}
        style={{ width: "100%" }}
        controls={false}
        suffix={field.unit || undefined}
        value={typeof value === "number" ? value : null}
        onChange={onChange}
      />
    );
  if (field.kind === "DATE")
    return (
      <DatePicker
        {...label}
        value={typeof value === "string" ? dayjs(value) : null}
        onChange={(day: dayjs.Dayjs | null) => onChange(day ? day.format("YYYY-MM-DD") : null)}
      />
    );
  if (field.kind === "YES_NO")
    return (
      <Select
        {...label}
        allowClear
        value={typeof value === "boolean" ? String(value) : null}
        onChange={(said: string | undefined | null) => onChange(said == null ? null : said === "true")}
        options={[
          { value: "true", label: t("yes") },
          { value: "false", label: t("no") },
        ]}
      />
    );
  const options = field.options.map(({ code, name }) => ({ value: code, label: name }));
  const search = { optionFilterProp: "label" };
  if (field.kind === "CHOICE")
    return (
      <Select
        {...label}
        allowClear
        showSearch={search}
        value={typeof value === "string" ? value : null}
        onChange={(code: string | undefined | null) => onChange(code ?? null)}
        options={options}
      />
    );
  return (
    <Select
      {...label}
      mode="multiple"
      allowClear
      showSearch={search}
      value={Array.isArray(value) ? (value as string[]) : []}
      onChange={onChange}
      options={options}
    />
  );
}
