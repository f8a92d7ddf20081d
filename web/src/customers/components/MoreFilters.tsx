import { Button, DatePicker, Drawer, InputNumber, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { usePreferences } from "@/shared/preferences";
import { useCustomerLists, useTags } from "../listsApi";
import { GROUPS, type Condition, type UrlQuery } from "../filters";
import { CustomConditions } from "./CustomConditions";
import styles from "./customers.module.css";

type Change = (change: Record<string, string | undefined>) => void;
interface Props {
  open: boolean;
  url: UrlQuery;
  banded: boolean;
  total: number;
  onChange: Change;
  onClear: () => void;
  onClose: () => void;
}

/** 余额区间: who sees bands may ask by their edges only. */
const EDGES = [0, 1, 5, 10, 20, 50, 100, 300, 500, 1_000, 3_000, 10_000].map((wan) => wan * 10_000);

/** All other conditions, each at work as soon as it is set: the list behind follows. */
export function MoreFilters({ open, url, banded, total, onChange, onClear, onClose }: Props) {
  const { t } = useTranslation(["customers", "shared"]);
  const { phone } = useScreen();
  const tags = useTags();
  const lists = useCustomerLists();
  const size = phone ? "large" : "middle";
  return (
    <Drawer
      open={open}
      onClose={onClose}
      placement={phone ? "bottom" : "right"}
      size={phone ? "92dvh" : 460}
      title={t("filter.more")}
      footer={
        <div className={styles.drawerFoot}>
          <Button size={size} onClick={onClear}>
            {t("shared:clear")}
          </Button>
          <Button size={size} type="primary" onClick={onClose}>
            {t("filter.show", { number: total >= 10_000 ? "10,000+" : total.toLocaleString("en-US") })}
          </Button>
        </div>
      }
    >
      <div className={styles.form}>
        <h3>{t("group.marks")}</h3>
        <label className={styles.field}>
          <span>{t("condition.tag")}</span>
          <Select
            size={size}
            mode="multiple"
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            value={url.tag ? url.tag.split(",").map(Number) : []}
            onChange={(ids: number[]) => onChange({ tag: ids.join(",") || undefined })}
            options={(tags.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
        </label>
        <label className={styles.field}>
          <span>{t("condition.on_list")}</span>
          <Select
            size={size}
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            value={url.on_list ? Number(url.on_list) : null}
            onChange={(id: number | null) => onChange({ on_list: id ? String(id) : undefined })}
            options={(lists.data ?? []).map((list) => ({
              value: list.id,
              label: t("nameCount", { name: list.name, count: list.size }),
            }))}
          />
        </label>
        {GROUPS.map(({ name, conditions }) => (
          <section key={name}>
            <h3>{t(`group.${name}`)}</h3>
            {conditions.map((condition) => (
              <Field
                key={condition.name}
                condition={condition}
                url={url}
                banded={banded}
                onChange={onChange}
                size={size}
              />
            ))}
          </section>
        ))}
        <CustomConditions value={url.custom} size={size} onChange={(custom) => onChange({ custom })} />
      </div>
    </Drawer>
  );
}

interface FieldProps {
  condition: Condition;
  url: UrlQuery;
  banded: boolean;
  onChange: Change;
  size: "large" | "middle";
}

function Field({ condition: { name, kind, choices = [] }, url, banded, onChange, size }: FieldProps) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const { language } = usePreferences();
  const label = t(`condition.${name}`);
  const unit = kind === "money" ? (language === "en" ? 1_000 : 10_000) : 1;
  const ends = ["from", "to"] as const;
  if (kind === "yesno")
    return (
      <div className={styles.field}>
        <span>{label}</span>
        <Segmented
          size={size}
          value={url[name] ?? ""}
          onChange={(value) => onChange({ [name]: value || undefined })}
          options={[
            { value: "", label: t("any") },
            { value: "true", label: t("yes") },
            { value: "false", label: t("no") },
          ]}
        />
      </div>
    );
  if (kind === "choice")
    return (
      <label className={styles.field}>
        <span>{label}</span>
        <Select
          size={size}
          mode="multiple"
          allowClear
          value={url[name] ? url[name].split(",") : []}
          onChange={(values: string[]) => onChange({ [name]: values.join(",") || undefined })}
          options={choices.map((choice) => ({
            value: choice,
            label: t(`choice.${name}.${choice}`, { defaultValue: choice }),
          }))}
        />
      </label>
    );
  return (
    <div className={styles.field}>
      <span>{label}</span>
      <div className={styles.range}>
        {ends.map((end) => {
          const key = `${name}_${end}`;
          const value = url[key];
          const hint = t(`range.${kind === "date" ? "date" : "number"}.${end}`);
          const named = `${label} ${hint}`;
          if (kind === "date")
            return (
              <DatePicker
                key={end}
                size={size}
                aria-label={named}
                placeholder={hint}
                value={value ? dayjs(value) : null}
                onChange={(day) => onChange({ [key]: day?.format("YYYY-MM-DD") })}
              />
            );
          if (kind === "money" && banded)
            return (
              <Select
                key={end}
                size={size}
                allowClear
                aria-label={named}
                placeholder={hint}
                value={value || null}
                onChange={(edge: string | null) => onChange({ [key]: edge ?? undefined })}
                options={EDGES.map((edge) => ({ value: String(edge), label: format.money(edge) }))}
              />
            );
          return (
            <InputNumber
              key={end}
              size={size}
              aria-label={named}
              placeholder={hint}
              {...(kind === "money" ? { suffix: t("moneyUnit") } : { min: 0, max: 200, precision: 0 })}
              controls={false}
              value={value ? Number(value) / unit : null}
              onChange={(number) => onChange({ [key]: number === null ? undefined : String(number * unit) })}
            />
          );
        })}
      </div>
    </div>
  );
}
