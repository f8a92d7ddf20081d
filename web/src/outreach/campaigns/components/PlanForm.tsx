import { DatePicker, Input, InputNumber, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count } from "@/shared/format/numbers";
import { GOALS, OBJECTIVES, SHARES } from "../codes";
import type { Draft } from "../plan";
import type { Choices } from "../types";
import styles from "./campaign.module.css";
import { Field } from "./Field";
import { TouchForm } from "./TouchForm";

const DATE = "YYYY-MM-DD";

export interface FormProps {
  plan: Draft;
  choices: Choices;
  onChange: (change: Partial<Draft>) => void;
}

interface Props extends FormProps {
  name: string;
  onName: (name: string) => void;
}

/** A campaign as it is planned: for whom, when, how they are touched, what it may cost, by what it is judged. */
export function PlanForm({ name, plan, choices, onName, onChange }: Props) {
  const { t } = useTranslation("outreach");
  return (
    <div className={styles.page}>
      <Panel title={t("campaign.form.what")}>
        <div className={styles.form}>
          <Field name={t("campaign.name")}>
            <Input value={name} maxLength={60} onChange={({ target }) => onName(target.value)} />
          </Field>
          <Field name={t("campaign.field.objective")}>
            <Select
              value={plan.objective ?? "KEEP"}
              options={OBJECTIVES.map((value) => ({ value, label: t(`campaign.objective.${value}`) }))}
              onChange={(objective) => onChange({ objective })}
            />
          </Field>
          <Field name={t("campaign.field.about")}>
            <Input.TextArea
              rows={2}
              value={plan.about}
              maxLength={500}
              onChange={({ target }) => onChange({ about: target.value })}
            />
          </Field>
          <Field name={t("campaign.field.offer")} hint={t("campaign.form.offerHint")}>
            <Input
              value={plan.offer}
              maxLength={200}
              onChange={({ target }) => onChange({ offer: target.value })}
            />
          </Field>
        </div>
      </Panel>
      <Panel title={t("campaign.form.whom")}>
        <Audience plan={plan} choices={choices} onChange={onChange} />
      </Panel>
      <Panel title={t("campaign.form.how")}>
        <TouchForm plan={plan} choices={choices} onChange={onChange} />
      </Panel>
      <Panel title={t("campaign.form.proof")}>
        <Proof plan={plan} choices={choices} onChange={onChange} />
      </Panel>
    </div>
  );
}

function Audience({ plan, choices, onChange }: FormProps) {
  const { t } = useTranslation("outreach");
  const others = choices.others.map(({ code, name }) => ({ value: code, label: name }));
  return (
    <div className={styles.form}>
      <Field name={t("campaign.field.segment")} hint={t("campaign.form.segmentHint")}>
        <Select
          value={plan.segment || null}
          placeholder={t("campaign.form.choose")}
          notFoundContent={t("campaign.form.noSegments")}
          showSearch={{ optionFilterProp: "label" }}
          options={choices.segments.map(({ code, name, size }) => ({
            value: code,
            label: t("campaign.form.sized", { name, size: count(size ?? 0) }),
          }))}
          onChange={(segment) => onChange({ segment })}
        />
      </Field>
      <Field name={t("campaign.field.exclude")}>
        <Select
          mode="multiple"
          value={plan.exclude ?? []}
          maxCount={10}
          showSearch={{ optionFilterProp: "label" }}
          options={others}
          onChange={(exclude) => onChange({ exclude })}
        />
      </Field>
      <div className={styles.row}>
        <Field name={t("campaign.form.from")}>
          <DatePicker
            allowClear={false}
            value={dayjs(plan.starts_on)}
            onChange={(day) => day && onChange({ starts_on: day.format(DATE) })}
          />
        </Field>
        <Field name={t("campaign.form.to")}>
          <DatePicker
            allowClear={false}
            value={dayjs(plan.ends_on)}
            onChange={(day) => day && onChange({ ends_on: day.format(DATE) })}
          />
        </Field>
      </div>
      <Segmented
        aria-label={t("campaign.form.start")}
        value={plan.by_hand ?? false}
        options={[
          { value: false, label: t("campaign.form.startItself") },
          { value: true, label: t("campaign.form.startHand") },
        ]}
        onChange={(by_hand) => onChange({ by_hand })}
      />
    </div>
  );
}

function Proof({ plan, choices, onChange }: FormProps) {
  const { t } = useTranslation("outreach");
  const goal = plan.goal ?? {};
  const change = (part: Partial<typeof goal>) => onChange({ goal: { ...goal, ...part } });
  return (
    <div className={styles.form}>
      <Segmented
        aria-label={t("campaign.field.goal")}
        value={goal.type ?? "AUM"}
        options={GOALS.map((value) => ({ value, label: t(`campaign.goalType.${value}`) }))}
        onChange={(type) => change({ type })}
      />
      <div className={styles.row}>
        {goal.type === "SEGMENT" ? (
          <Field name={t("campaign.form.goalOf")}>
            <Select
              value={goal.segment || null}
              placeholder={t("campaign.form.choose")}
              showSearch={{ optionFilterProp: "label" }}
              options={choices.others.map(({ code, name }) => ({ value: code, label: name }))}
              onChange={(segment) => change({ segment })}
            />
          </Field>
        ) : (
          <Field name={t("campaign.form.goalAmount")}>
            <InputNumber
              value={goal.amount ?? "0"}
              min={"0"}
              precision={2}
              stringMode
              onChange={(amount) => change({ amount: amount ?? "0" })}
            />
          </Field>
        )}
        <Field name={t("campaign.form.goalDays")}>
          <InputNumber
            value={goal.days ?? 30}
            min={7}
            max={90}
            precision={0}
            onChange={(days) => change({ days: days ?? 30 })}
          />
        </Field>
      </div>
      <div className={styles.row}>
        <Field name={t("campaign.form.holdout")} hint={t("campaign.form.holdoutHint")}>
          <Select
            value={plan.holdout ?? 10}
            options={SHARES.map((value) => ({ value, label: `${value}%` }))}
            onChange={(holdout) => onChange({ holdout })}
          />
        </Field>
        <Field name={t("campaign.form.holdoutLeast")} hint={t("campaign.form.holdoutLeastHint")}>
          <InputNumber
            value={plan.holdout_least ?? 100}
            min={0}
            max={1_000_000}
            precision={0}
            onChange={(holdout_least) => onChange({ holdout_least: holdout_least ?? 0 })}
          />
        </Field>
      </div>
    </div>
  );
}
