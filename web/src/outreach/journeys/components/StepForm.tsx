import { Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CAME } from "../codes";
import { before, inOrder } from "../definition";
import type { Say } from "../useSay";
import type { Await, Choices, Condition, Definition, Holdout, Step, Wait } from "../types";
import { MessageForm, TagForm } from "./ActForms";
import { Field, HourField, NumberField, Pick } from "./Field";
import styles from "./journey.module.css";
import { FieldForm } from "./FieldForm";
import { PathsForm } from "./PathsForm";
import { TaskForm } from "./TaskForm";

export interface FormProps<S extends Step> {
  step: S;
  onChange: (step: Step) => void;
}

interface Props extends FormProps<Step> {
  definition: Definition;
  choices: Choices;
  say: Say;
}

/** What a step is told, by its type. */
export function StepForm({ step, definition, choices, say, onChange }: Props) {
  switch (step.type) {
    case "WAIT":
      return <WaitForm step={step} onChange={onChange} />;
    case "WORKTIME":
      return null;
    case "AWAIT":
      return <AwaitForm step={step} choices={choices} onChange={onChange} />;
    case "CONDITION":
      return (
        <ConditionForm step={step} definition={definition} choices={choices} say={say} onChange={onChange} />
      );
    case "SPLIT":
      return <PathsForm step={step} onChange={onChange} />;
    case "HOLDOUT":
      return <HoldoutForm step={step} onChange={onChange} />;
    case "MESSAGE":
      return <MessageForm step={step} choices={choices} onChange={onChange} />;
    case "TASK":
      return <TaskForm step={step} onChange={onChange} />;
    case "TAG":
      return <TagForm step={step} choices={choices} onChange={onChange} />;
    case "FIELD":
      return <FieldForm step={step} choices={choices} onChange={onChange} />;
  }
}

function WaitForm({ step, onChange }: FormProps<Wait>) {
  const { t } = useTranslation("outreach");
  return (
    <div className={styles.row}>
      <Field name={t("journey.form.days")}>
        <NumberField
          name={t("journey.form.days")}
          min={0}
          max={365}
          value={step.days}
          onChange={(days) => onChange({ ...step, days })}
        />
      </Field>
      <Field name={t("journey.form.hours")}>
        <NumberField
          name={t("journey.form.hours")}
          min={0}
          max={23}
          value={step.hours}
          onChange={(hours) => onChange({ ...step, hours })}
        />
      </Field>
      <Field name={t("journey.form.atHour")}>
        <HourField value={step.at_hour ?? null} onChange={(at_hour) => onChange({ ...step, at_hour })} />
      </Field>
    </div>
  );
}

function AwaitForm({ step, choices, onChange }: FormProps<Await> & { choices: Choices }) {
  const { t } = useTranslation("outreach");
  const [kind, setKind] = useState<"event" | "segment">(step.segment ? "segment" : "event");
  return (
    <>
      <Field name={t("journey.form.waitsFor")}>
        <Segmented
          aria-label={t("journey.form.waitsFor")}
          value={kind}
          options={(["event", "segment"] as const).map((value) => ({
            value,
            label: t(`journey.waitsFor.${value}`),
          }))}
          onChange={(to) => {
            setKind(to);
            onChange({ ...step, event: null, segment: null });
          }}
        />
        <Pick
          name={t(kind === "event" ? "journey.form.event" : "journey.form.segment")}
          value={kind === "event" ? step.event : step.segment}
          choices={kind === "event" ? choices.events : choices.conditions}
          onPick={(code) => onChange({ ...step, event: null, segment: null, [kind]: code })}
        />
      </Field>
      <Field name={t("journey.form.most")}>
        <NumberField
          name={t("journey.form.most")}
          min={1}
          max={365}
          unit={t("journey.form.days")}
          value={step.days}
          onChange={(days) => onChange({ ...step, days })}
        />
      </Field>
    </>
  );
}

function ConditionForm({
  step,
  definition,
  choices,
  say,
  onChange,
}: FormProps<Condition> & { definition: Definition; choices: Choices; say: Say }) {
  const { t } = useTranslation("outreach");
  const [kind, setKind] = useState<"segment" | "message">(step.message || step.came ? "message" : "segment");
  const earlier = before(definition, step.id);
  const messages = inOrder(definition).filter(({ id, type }) => type === "MESSAGE" && earlier.has(id));
  return (
    <Field name={t("journey.form.asks")}>
      <Segmented
        aria-label={t("journey.form.asks")}
        value={kind}
        options={(["segment", "message"] as const).map((value) => ({
          value,
          label: t(`journey.asks.${value}`),
        }))}
        onChange={(to) => {
          setKind(to);
          onChange({
            ...step,
            segment: null,
            message: to === "message" ? (messages.at(-1)?.id ?? null) : null,
            came: to === "message" ? "DELIVERED" : null,
          });
        }}
      />
      {kind === "segment" ? (
        <Pick
          name={t("journey.form.segment")}
          value={step.segment}
          choices={choices.conditions}
          onPick={(segment) => onChange({ ...step, segment, message: null, came: null })}
        />
      ) : messages.length === 0 ? (
        <small>{t("journey.form.noMessages")}</small>
      ) : (
        <div className={styles.row}>
          <Select
            aria-label={t("journey.form.message")}
            placeholder={t("journey.form.message")}
            value={messages.some(({ id }) => id === step.message) ? step.message : null}
            options={messages.map((one) => ({ value: one.id, label: say.step(one) }))}
            onChange={(message) => onChange({ ...step, segment: null, message })}
          />
          <Select
            aria-label={t("journey.form.came")}
            placeholder={t("journey.form.came")}
            value={step.came ?? null}
            options={CAME.map((value) => ({ value, label: t(`journey.came.${value}`) }))}
            onChange={(came) => onChange({ ...step, segment: null, came })}
          />
        </div>
      )}
    </Field>
  );
}

function HoldoutForm({ step, onChange }: FormProps<Holdout>) {
  const { t } = useTranslation("outreach");
  return (
    <Field name={t("journey.form.share")}>
      <NumberField
        name={t("journey.form.share")}
        min={1}
        max={50}
        unit="%"
        value={step.share}
        onChange={(share) => onChange({ ...step, share })}
      />
    </Field>
  );
}
