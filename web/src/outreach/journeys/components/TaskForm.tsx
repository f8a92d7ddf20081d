import { Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PRIORITIES } from "../codes";
import type { ManagerTask } from "../types";
import { Field, NumberField } from "./Field";
import styles from "./journey.module.css";
import type { FormProps } from "./StepForm";

/** What the manager is asked to do. A task has a title: while there is none, the last one stands. */
export function TaskForm({ step, onChange }: FormProps<ManagerTask>) {
  const { t } = useTranslation(["outreach", "care"]);
  const [title, setTitle] = useState(step.title);
  const empty = title.trim() === "";
  return (
    <>
      <Field
        name={t("journey.form.title")}
        hint={empty && <span className={styles.bad}>{t("journey.form.titleNeeded")}</span>}
      >
        <Input
          aria-label={t("journey.form.title")}
          status={empty ? "error" : ""}
          maxLength={40}
          value={title}
          onChange={({ target }) => {
            setTitle(target.value);
            if (target.value.trim()) onChange({ ...step, title: target.value });
          }}
        />
      </Field>
      <Field name={t("journey.form.script")}>
        <Input.TextArea
          aria-label={t("journey.form.script")}
          placeholder={t("journey.form.scriptHint")}
          rows={4}
          maxLength={120}
          value={step.script}
          onChange={({ target }) => onChange({ ...step, script: target.value })}
        />
      </Field>
      <div className={styles.row}>
        <Field name={t("journey.form.stands")}>
          <NumberField
            name={t("journey.form.stands")}
            min={1}
            max={60}
            unit={t("journey.form.days")}
            value={step.days}
            onChange={(days) => onChange({ ...step, days })}
          />
        </Field>
        <Field name={t("journey.form.priority")}>
          <Segmented
            aria-label={t("journey.form.priority")}
            value={step.priority}
            options={PRIORITIES.map((value) => ({ value, label: t(`care:priority.${value}`) }))}
            onChange={(priority) => onChange({ ...step, priority })}
          />
        </Field>
      </div>
    </>
  );
}
