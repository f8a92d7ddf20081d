import { Button, Drawer, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { usePreferences } from "@/shared/preferences";
import { useCustomerLists, useTags } from "../listsApi";
import { GROUPS, type Condition, type UrlQuery } from "../filters";
import { Choices, type End, Range, type Size, YesNo } from "./ConditionFields";
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
  size: Size;
}

function Field({ condition: { name, kind, choices = [] }, url, banded, onChange, size }: FieldProps) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const { language } = usePreferences();
  const unit = kind === "money" ? (language === "en" ? 1_000 : 10_000) : 1;
  const shared = { title: t(`condition.${name}`), size };
  if (kind === "yesno")
    return (
      <YesNo {...shared} value={url[name]} onChange={(value) => onChange({ [name]: value || undefined })} />
    );
  if (kind === "choice")
    return (
      <Choices
        {...shared}
        value={url[name] ? url[name].split(",") : []}
        onChange={(values) => onChange({ [name]: values.join(",") || undefined })}
        options={choices.map((choice) => ({
          value: choice,
          label: t(`choice.${name}.${choice}`, { defaultValue: choice }),
        }))}
      />
    );
  const range = {
    ...shared,
    value: (end: End) => url[`${name}_${end}`],
    onChange: (end: End, value: string) => onChange({ [`${name}_${end}`]: value || undefined }),
  };
  if (kind === "date") return <Range {...range} />;
  return (
    <Range
      {...range}
      number={(input) =>
        kind === "money" && banded ? (
          <Select
            {...input.shared}
            allowClear
            value={input.value || null}
            onChange={(edge: string | null) => input.onChange(edge ?? "")}
            options={EDGES.map((edge) => ({ value: String(edge), label: format.money(edge) }))}
          />
        ) : (
          <InputNumber
            {...input.shared}
            {...(kind === "money" ? { suffix: t("moneyUnit") } : { min: 0, max: 200, precision: 0 })}
            controls={false}
            value={input.value ? Number(input.value) / unit : null}
            onChange={(number) => input.onChange(number === null ? "" : String(number * unit))}
          />
        )
      }
    />
  );
}
