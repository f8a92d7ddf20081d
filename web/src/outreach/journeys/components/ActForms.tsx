import { Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ChangeTag, Choices, SendMessage } from "../types";
import { Field } from "./Field";
import type { FormProps } from "./StepForm";

/** Which text goes out, and which one of another channel in its place if it reaches nobody. */
export function MessageForm({ step, choices, onChange }: FormProps<SendMessage> & { choices: Choices }) {
  const { t } = useTranslation("outreach");
  const { templates } = choices;
  const first = templates.find(({ id }) => id === step.template);
  const seconds = templates.filter(({ channel, kind }) => kind === first?.kind && channel !== first.channel);
  return (
    <>
      <Field
        name={t("journey.form.template")}
        hint={
          templates.length === 0 && (
            <>
              {t("journey.form.noTexts")} <Link to="/templates">{t("journey.form.toTexts")}</Link>
            </>
          )
        }
      >
        <Select
          aria-label={t("journey.form.template")}
          placeholder={t("journey.form.choose")}
          value={first ? step.template : null}
          showSearch={{ optionFilterProp: "label" }}
          options={templates.map((row) => ({
            value: row.id,
            label: `${row.name} · ${t(`channel.${row.channel}`)} · ${t(`kind.${row.kind}`)}`,
          }))}
          onChange={(template) => template !== null && onChange({ ...step, template, otherwise: null })}
        />
      </Field>
      {first && (
        <Field name={t("channels.otherwise.label")} hint={t("channels.otherwise.hint")}>
          <Select
            aria-label={t("channels.otherwise.label")}
            allowClear
            value={seconds.some(({ id }) => id === step.otherwise) ? (step.otherwise ?? null) : null}
            placeholder={t("channels.otherwise.none")}
            notFoundContent={t("channels.otherwise.noTexts", { kind: t(`kind.${first.kind}`) })}
            options={seconds.map(({ id, name, channel }) => ({
              value: id,
              label: `${name} · ${t(`channel.${channel}`)}`,
            }))}
            onChange={(otherwise?: number | null) => onChange({ ...step, otherwise: otherwise ?? null })}
          />
        </Field>
      )}
    </>
  );
}

/** Which tag is given or taken. */
export function TagForm({ step, choices, onChange }: FormProps<ChangeTag> & { choices: Choices }) {
  const { t } = useTranslation("outreach");
  return (
    <>
      <Field name={t("journey.form.addOrTake")}>
        <Segmented
          aria-label={t("journey.form.addOrTake")}
          value={step.add}
          options={[
            { value: true, label: t("journey.form.add") },
            { value: false, label: t("journey.form.take") },
          ]}
          onChange={(add) => onChange({ ...step, add })}
        />
      </Field>
      <Field name={t("journey.form.tag")} hint={choices.tags.length === 0 && t("journey.form.noTags")}>
        <Select
          aria-label={t("journey.form.tag")}
          placeholder={t("journey.form.choose")}
          value={choices.tags.some(({ id }) => id === step.tag) ? step.tag : null}
          showSearch={{ optionFilterProp: "label" }}
          options={choices.tags.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(tag) => tag !== null && onChange({ ...step, tag })}
        />
      </Field>
    </>
  );
}
