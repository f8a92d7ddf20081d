import { DatePicker, Input, InputNumber, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import styles from "../../campaigns/components/campaign.module.css";
import { Field } from "../../campaigns/components/Field";
import { moment, wall } from "../plan";
import type { Choices, Plan, SalonIn } from "../types";

const RISKS = [1, 2, 3, 4, 5] as const;
const DAYS = [1, 2, 3, 5, 7, 14, 30];
const SHOWN = "YYYY-MM-DD HH:mm";

interface Props {
  salon: SalonIn;
  choices: Choices;
  onSalon: (change: Partial<SalonIn>) => void;
  onChange: (change: Partial<Plan>) => void;
}

/** A salon as it is planned. */
export function PlanForm(props: Props) {
  const { t } = useTranslation("outreach");
  return (
    <div className={styles.page}>
      <Panel title={t("salon.form.what")}>
        <What {...props} />
      </Panel>
      <Panel title={t("salon.form.when")}>
        <When {...props} />
      </Panel>
      <Panel title={t("salon.form.after")}>
        <After {...props} />
      </Panel>
    </div>
  );
}

function What({ salon: { name, host_id, plan }, choices, onSalon, onChange }: Props) {
  const { t } = useTranslation("outreach");
  const words = (key: "theme" | "speaker" | "materials" | "place", most: number, rows = 1) =>
    rows > 1 ? (
      <Input.TextArea
        rows={rows}
        maxLength={most}
        value={plan[key]}
        onChange={({ target }) => onChange({ [key]: target.value })}
      />
    ) : (
      <Input
        maxLength={most}
        value={plan[key]}
        onChange={({ target }) => onChange({ [key]: target.value })}
      />
    );
  return (
    <div className={styles.form}>
      <Field name={t("salon.name")}>
        <Input value={name} maxLength={60} onChange={({ target }) => onSalon({ name: target.value })} />
      </Field>
      <Field name={t("salon.field.host")}>
        <Select
          value={host_id}
          showSearch={{ optionFilterProp: "label" }}
          options={choices.hosts.map(({ id, name: label }) => ({ value: id, label }))}
          onChange={(host) => onSalon({ host_id: host })}
        />
      </Field>
      <Field name={t("salon.field.theme")} hint={t("salon.form.themeHint")}>
        {words("theme", 500, 3)}
      </Field>
      <Field name={t("salon.field.speaker")}>{words("speaker", 120)}</Field>
      <Field name={t("salon.field.risk")} hint={t("salon.form.riskHint")}>
        <Select
          value={plan.risk ?? 0}
          options={[
            { value: 0, label: t("salon.form.noRisk") },
            ...RISKS.map((risk) => ({ value: risk, label: t("salon.riskSaid", { risk }) })),
          ]}
          onChange={(risk) => onChange({ risk: risk === 0 ? null : risk })}
        />
      </Field>
      <Field name={t("salon.field.materials")} hint={t("salon.form.materialsHint")}>
        {words("materials", 500, 2)}
      </Field>
      <Field name={t("salon.field.place")}>{words("place", 120)}</Field>
    </div>
  );
}

function When({ salon: { plan }, onChange }: Props) {
  const { t } = useTranslation("outreach");
  const at = (key: "starts_at" | "ends_at" | "closes_at") => (
    <DatePicker
      allowClear={false}
      showTime={{ format: "HH:mm", minuteStep: 5 }}
      format={SHOWN}
      value={dayjs(wall(plan[key]))}
      onChange={(day) => day && onChange({ [key]: moment(day.format("YYYY-MM-DDTHH:mm")) })}
    />
  );
  const many = (key: "seats" | "waiting" | "party", least: number, most: number) => (
    <InputNumber
      value={plan[key] ?? least}
      min={least}
      max={most}
      precision={0}
      onChange={(value) => onChange({ [key]: value ?? least })}
    />
  );
  return (
    <div className={styles.form}>
      <div className={styles.row}>
        <Field name={t("salon.form.from")}>{at("starts_at")}</Field>
        <Field name={t("salon.form.to")}>{at("ends_at")}</Field>
        <Field name={t("salon.field.closes")}>{at("closes_at")}</Field>
      </div>
      <div className={styles.row}>
        <Field name={t("salon.form.seats")}>{many("seats", 1, 1000)}</Field>
        <Field name={t("salon.form.waiting")} hint={t("salon.form.waitingHint")}>
          {many("waiting", 0, 1000)}
        </Field>
        <Field name={t("salon.form.party")} hint={t("salon.form.partyHint")}>
          {many("party", 1, 5)}
        </Field>
      </div>
    </div>
  );
}

function After({ salon: { plan }, choices, onChange }: Props) {
  const { t } = useTranslation("outreach");
  return (
    <div className={styles.form}>
      <Field name={t("salon.field.text")} hint={t("salon.form.textHint")}>
        <Select
          value={plan.template ?? 0}
          showSearch={{ optionFilterProp: "label" }}
          options={[
            { value: 0, label: t("salon.byWord") },
            ...choices.templates.map(({ id, name, channel }) => ({
              value: id,
              label: `${name} · ${t(`channel.${channel}`)}`,
            })),
          ]}
          onChange={(template) => onChange({ template: template === 0 ? null : template })}
        />
      </Field>
      <Field name={t("salon.field.follow")} hint={t("salon.form.followHint")}>
        <Select
          mode="multiple"
          maxCount={5}
          value={plan.follow_days ?? []}
          options={DAYS.map((days) => ({ value: days, label: `T+${days}` }))}
          onChange={(days) => onChange({ follow_days: days.toSorted((a, b) => a - b) })}
        />
      </Field>
      <Field name={t("salon.form.budget")}>
        <InputNumber
          value={`${plan.budget ?? 0}`}
          min={"0"}
          max={"9999999999"}
          precision={2}
          stringMode
          onChange={(budget) => onChange({ budget: budget ?? "0" })}
        />
      </Field>
    </div>
  );
}
