import { Input, InputNumber, Segmented, Select } from "antd";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { TIERS } from "@/customers/codes";
import { useScreen } from "@/shared/hooks/useScreen";
import type { OwnChoices, OwnDraft } from "./api";
import { OWN_CHANNELS, OWN_FAMILIES, PRIORITIES } from "./codes";
import styles from "./own.module.css";

interface Props {
  draft: OwnDraft;
  onChange: (part: Partial<OwnDraft>) => void;
}

function Field({
  name,
  hint,
  children,
}: {
  name: string;
  hint?: ReactNode;
  children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{name}</label>
      {children(id)}
      {hint && <small className={styles.quiet}>{hint}</small>}
    </div>
  );
}

/** Whom the event is about, and how it stands on the manager's list. */
export function Settings({ draft, choices, onChange }: Props & { choices: OwnChoices }) {
  const { t } = useTranslation(["care", "shared"]);
  const { phone } = useScreen();
  const days = (key: "expire_days" | "quiet_days", most: number) => (
    <Field name={t(`own.field.${key}`)} hint={t(`own.hint.${key}`, { most })}>
      {(id) => (
        <InputNumber
          id={id}
          className={styles.wide}
          min={1}
          max={most}
          precision={0}
          value={draft[key]}
          onChange={(value) => onChange({ [key]: value ?? 1 })}
        />
      )}
    </Field>
  );
  return (
    <fieldset className={styles.group}>
      <legend>{t("own.whom")}</legend>
      <Field
        name={t("own.field.segment")}
        hint={
          <>
            {t("own.hint.segment")} <Link to="/segments/new">{t("own.draw")}</Link>
          </>
        }
      >
        {(id) => (
          <Select
            id={id}
            value={choices.segments.some(({ code }) => code === draft.segment) ? draft.segment : null}
            placeholder={t("own.choose")}
            notFoundContent={t("own.noSegments")}
            showSearch={{ optionFilterProp: "label" }}
            options={choices.segments.map(({ code, name }) => ({ value: code, label: name }))}
            onChange={(segment: string) => onChange({ segment })}
          />
        )}
      </Field>
      <div className={styles.pair}>
        <Field name={t("own.field.tier_from")}>
          {(id) => (
            <Select
              id={id}
              value={draft.tier_from}
              options={[...TIERS].reverse().map((tier) => ({
                value: tier,
                label: tier === 0 ? t("own.anyTier") : t("own.tierUp", { tier: t(`shared:tier.${tier}`) }),
              }))}
              onChange={(tier_from: number) => onChange({ tier_from })}
            />
          )}
        </Field>
        <Field name={t("own.field.family")}>
          {(id) => (
            <Select
              id={id}
              value={draft.family}
              options={OWN_FAMILIES.map((code) => ({ value: code, label: t(`family.${code}`) }))}
              onChange={(family: OwnDraft["family"]) => onChange({ family })}
            />
          )}
        </Field>
        {days("quiet_days", choices.most_quiet_days)}
        {days("expire_days", choices.longest_days)}
      </div>
      <div className={styles.field}>
        <span>{t("own.field.priority")}</span>
        <Segmented
          block
          vertical={phone}
          aria-label={t("own.field.priority")}
          value={draft.priority}
          options={PRIORITIES.map((value) => ({ value, label: t(`own.priority.${value}`) }))}
          onChange={(priority) => onChange({ priority })}
        />
      </div>
      <div className={styles.field}>
        <span>{t("own.field.channel")}</span>
        <Segmented
          block
          vertical={phone}
          aria-label={t("own.field.channel")}
          value={draft.channel}
          options={OWN_CHANNELS.map((value) => ({ value, label: t(`own.channel.${value}`) }))}
          onChange={(channel) => onChange({ channel })}
        />
      </div>
    </fieldset>
  );
}

const SHORT = [
  ["name_zh", 20],
  ["name_en", 60],
] as const;
const LONG = [
  ["says_zh", 120, 2],
  ["says_en", 240, 2],
  ["script_zh", 500, 4],
  ["script_en", 1000, 4],
] as const;

/** What the manager reads and may say. */
export function Texts({ draft, onChange }: Props) {
  const { t } = useTranslation("care");
  return (
    <fieldset className={styles.group}>
      <legend>{t("own.words")}</legend>
      <div className={styles.pair}>
        {SHORT.map(([key, most]) => (
          <Field key={key} name={t(`own.field.${key}`)}>
            {(id) => (
              <Input
                id={id}
                maxLength={most}
                value={draft[key]}
                placeholder={t(`own.example.${key}`)}
                onChange={(change) => onChange({ [key]: change.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {LONG.map(([key, most, rows]) => (
        <Field
          key={key}
          name={t(`own.field.${key}`)}
          hint={key === "says_zh" ? t("own.hint.says") : undefined}
        >
          {(id) => (
            <Input.TextArea
              id={id}
              rows={rows}
              maxLength={most}
              showCount
              value={draft[key]}
              placeholder={t(`own.example.${key}`)}
              onChange={(change) => onChange({ [key]: change.target.value })}
            />
          )}
        </Field>
      ))}
    </fieldset>
  );
}
