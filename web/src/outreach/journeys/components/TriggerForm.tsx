import { Checkbox, DatePicker, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { today } from "@/shared/format/dates";
import { TRIGGERS } from "../codes";
import type { Choices, Definition, Trigger } from "../types";
import { Field, NumberField, Pick } from "./Field";
import styles from "./journey.module.css";

const MONTH = 30;
const WHEN = "YYYY-MM-DD HH:mm";

interface Props {
  definition: Definition;
  choices: Choices;
  onChange: (definition: Definition) => void;
}

/** Who enters and when, whether again, and what the journey is to reach. */
export function TriggerForm({ definition, choices, onChange }: Props) {
  const { t } = useTranslation("outreach");
  const { trigger, goal } = definition;
  const set = (change: Partial<Trigger>) => onChange({ ...definition, trigger: { ...trigger, ...change } });
  const type = trigger.type;
  return (
    <>
      <Field name={t("journey.form.type")} hint={t(`journey.triggerHint.${type}`)}>
        <Select
          aria-label={t("journey.form.type")}
          value={type}
          options={TRIGGERS.map((value) => ({ value, label: t(`journey.triggerType.${value}`) }))}
          onChange={(to) =>
            set({
              type: to,
              segment: to === "EVENT" ? null : (trigger.segment ?? null),
              event: to === "EVENT" ? (trigger.event ?? null) : null,
              at: to === "DATE" ? (trigger.at ?? null) : null,
              members: to === "SEGMENT",
            })
          }
        />
      </Field>
      {type === "EVENT" ? (
        <Field name={t("journey.form.event")}>
          <Pick
            name={t("journey.form.event")}
            value={trigger.event}
            choices={choices.events}
            onPick={(event) => set({ event })}
          />
        </Field>
      ) : (
        <Field
          name={t("journey.form.segment")}
          hint={choices.segments.length === 0 && t("journey.form.noSegments")}
        >
          <Pick
            name={t("journey.form.segment")}
            value={trigger.segment}
            choices={choices.segments}
            onPick={(segment) => set({ segment })}
          />
        </Field>
      )}
      {type === "SEGMENT" && (
        <Checkbox checked={trigger.members} onChange={({ target }) => set({ members: target.checked })}>
          {t("journey.form.members")}
        </Checkbox>
      )}
      {type === "DATE" && (
        <Field name={t("journey.form.at")}>
          <DatePicker
            aria-label={t("journey.form.at")}
            showTime={{ format: "HH:mm", minuteStep: 5 }}
            showNow={false}
            format={WHEN}
            minDate={dayjs(today())}
            value={trigger.at ? dayjs(trigger.at) : null}
            onChange={(at: dayjs.Dayjs | null) => set({ at: at ? at.format(WHEN) : null })}
          />
        </Field>
      )}
      {type !== "DATE" && (
        <div className={styles.field}>
          <Checkbox
            checked={Boolean(trigger.again_days)}
            onChange={({ target }) => set({ again_days: target.checked ? MONTH : null })}
          >
            {t("journey.form.again")}
          </Checkbox>
          {trigger.again_days && (
            <Field name={t("journey.form.againAfter")}>
              <NumberField
                name={t("journey.form.againAfter")}
                min={1}
                max={3650}
                unit={t("journey.form.days")}
                value={trigger.again_days}
                onChange={(again_days) => set({ again_days })}
              />
            </Field>
          )}
        </div>
      )}
      <Field name={t("journey.form.goal")} hint={t("journey.form.goalHint")}>
        <Pick
          name={t("journey.form.goal")}
          clear
          value={goal?.segment}
          choices={choices.conditions}
          onPick={(segment) =>
            onChange({ ...definition, goal: segment ? { segment, days: goal?.days ?? MONTH } : null })
          }
        />
      </Field>
      {goal && (
        <Field name={t("journey.form.goalDays")}>
          <NumberField
            name={t("journey.form.goalDays")}
            min={1}
            max={365}
            unit={t("journey.form.days")}
            value={goal.days}
            onChange={(days) => onChange({ ...definition, goal: { ...goal, days } })}
          />
        </Field>
      )}
    </>
  );
}
