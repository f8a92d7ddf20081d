import { Checkbox, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import styles from "./campaign.module.css";
import { Field } from "./Field";
import type { FormProps } from "./PlanForm";
import { TextsForm } from "./TextsForm";

const LEADS = { script: "", priority: 2, days: 7, daily_cap: 5 };

/** How customers are touched: texts, leads for their managers, or both; what each costs, and what all may cost. */
export function TouchForm({ plan, choices, onChange }: FormProps) {
  const { t } = useTranslation("outreach");
  const leads = plan.leads ?? null;
  const change = (part: Partial<typeof LEADS>) => onChange({ leads: { ...LEADS, ...leads, ...part } });
  return (
    <div className={styles.form}>
      <TextsForm plan={plan} choices={choices} onChange={onChange} />
      <Checkbox
        checked={leads !== null}
        onChange={({ target }) => onChange({ leads: target.checked ? LEADS : null })}
      >
        {t("campaign.form.giveLeads")}
      </Checkbox>
      {leads && (
        <>
          <Field name={t("campaign.field.script")} hint={t("campaign.form.scriptHint")}>
            <Input
              value={leads.script}
              maxLength={200}
              onChange={({ target }) => change({ script: target.value })}
            />
          </Field>
          <div className={styles.row}>
            <Field name={t("campaign.form.cap")}>
              <InputNumber
                value={leads.daily_cap ?? 5}
                min={1}
                max={50}
                precision={0}
                onChange={(cap) => change({ daily_cap: cap ?? 1 })}
              />
            </Field>
            <Field name={t("campaign.form.leadDays")}>
              <InputNumber
                value={leads.days ?? 7}
                min={1}
                max={30}
                precision={0}
                onChange={(days) => change({ days: days ?? 1 })}
              />
            </Field>
            <Field name={t("campaign.form.priority")}>
              <Select
                value={leads.priority ?? 2}
                options={[1, 2, 3].map((value) => ({ value, label: t(`campaign.priority.${value}`) }))}
                onChange={(priority) => change({ priority })}
              />
            </Field>
          </div>
        </>
      )}
      <div className={styles.row}>
        <Field name={t("campaign.form.budget")}>
          <InputNumber
            value={plan.budget ?? "0"}
            min={"0"}
            precision={2}
            stringMode
            onChange={(budget) => onChange({ budget: budget ?? "0" })}
          />
        </Field>
        <Field name={t("campaign.form.messageCost")}>
          <InputNumber
            value={plan.message_cost ?? "0"}
            min={"0"}
            precision={4}
            step={"0.01"}
            stringMode
            disabled={plan.template === null}
            onChange={(cost) => onChange({ message_cost: cost ?? "0" })}
          />
        </Field>
        <Field name={t("campaign.form.leadCost")}>
          <InputNumber
            value={plan.lead_cost ?? "0"}
            min={"0"}
            precision={2}
            stringMode
            disabled={leads === null}
            onChange={(cost) => onChange({ lead_cost: cost ?? "0" })}
          />
        </Field>
      </div>
    </div>
  );
}
