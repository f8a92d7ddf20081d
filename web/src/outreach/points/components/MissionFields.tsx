import { InputNumber, Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import { count } from "@/shared/format/numbers";
import { Field } from "../../campaigns/components/Field";
import styles from "../../campaigns/components/campaign.module.css";
import type { Choices, MissionIn } from "../api";
import { COUNTED, OFTEN } from "../codes";

type Plan = MissionIn["plan"];

interface Props {
  plan: Plan;
  choices: Choices;
  onChange: (change: Partial<Plan>) => void;
}

/** For whom, for what, how many points, how often, what all of it may cost. */
export function MissionFields({ plan, choices, onChange }: Props) {
  const { t } = useTranslation("outreach");
  const counts = plan.counts ?? {};
  const segments = (rows: Choices["segments"]) =>
    rows.map(({ code, name, size }) => ({
      value: code,
      label: t("campaign.form.sized", { name, size: count(size ?? 0) }),
    }));
  const choose = { showSearch: { optionFilterProp: "label" }, placeholder: t("campaign.form.choose") };
  return (
    <>
      <Field name={t("points.form.audience")} hint={t("points.form.noDeposits")}>
        <Select
          {...choose}
          value={plan.segment || null}
          notFoundContent={t("campaign.form.noSegments")}
          options={segments(choices.segments)}
          onChange={(segment) => onChange({ segment })}
        />
      </Field>
      <Segmented
        aria-label={t("points.form.counts")}
        value={counts.type ?? "SEGMENT"}
        options={COUNTED.map((value) => ({ value, label: t(`points.counted.${value}`) }))}
        onChange={(type) => onChange({ counts: { type, segment: "", event: "" } })}
      />
      {counts.type === "EVENT" && (
        <Field name={t("points.form.event")}>
          <Select
            {...choose}
            value={counts.event || null}
            options={choices.events.map(({ code, name }) => ({ value: code, label: name }))}
            onChange={(event) => onChange({ counts: { ...counts, event } })}
          />
        </Field>
      )}
      {counts.type !== "EVENT" && counts.type !== "HAND" && (
        <Field name={t("points.form.entered")} hint={t("points.form.enteredHint")}>
          <Select
            {...choose}
            value={counts.segment || null}
            notFoundContent={t("campaign.form.noSegments")}
            options={segments(choices.enterable)}
            onChange={(segment) => onChange({ counts: { ...counts, segment } })}
          />
        </Field>
      )}
      <div className={styles.row}>
        <Field name={t("points.form.each")}>
          <InputNumber
            value={plan.points ?? 100}
            min={1}
            max={1_000_000}
            precision={0}
            onChange={(points) => onChange({ points: points ?? 1 })}
          />
        </Field>
        <Field name={t("points.form.often")}>
          <Select
            value={plan.often ?? "ONCE"}
            options={OFTEN.map((value) => ({ value, label: t(`points.often.${value}`) }))}
            onChange={(often) => onChange({ often })}
          />
        </Field>
        <Field name={t("points.form.budget")}>
          <InputNumber
            value={plan.budget ?? 0}
            min={0}
            max={1_000_000_000_000}
            precision={0}
            onChange={(budget) => onChange({ budget: budget ?? 0 })}
          />
        </Field>
      </div>
    </>
  );
}
