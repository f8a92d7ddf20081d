import { InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import { Field } from "../../campaigns/components/Field";
import styles from "../../campaigns/components/campaign.module.css";
import type { Choices, RewardIn } from "../api";

type Plan = RewardIn["plan"];

interface Props {
  plan: Plan;
  choices: Choices;
  onChange: (change: Partial<Plan>) => void;
}

/** What a reward costs in points, what it is worth, how many there are. */
export function RewardFields({ plan, choices, onChange }: Props) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  return (
    <div className={styles.row}>
      <Field name={t("points.form.price")}>
        <InputNumber
          value={plan.points ?? 1}
          min={1}
          max={1_000_000_000}
          precision={0}
          onChange={(points) => onChange({ points: points ?? 1 })}
        />
      </Field>
      <Field
        name={t("points.form.value")}
        hint={t("points.form.valueHint", { amount: format.exact(choices.reward_value) })}
      >
        <InputNumber
          value={plan.value ?? "0"}
          min={"0"}
          precision={2}
          stringMode
          onChange={(value) => onChange({ value: value ?? "0" })}
        />
      </Field>
      <Field name={t("points.form.stock")}>
        <InputNumber
          value={plan.stock ?? 0}
          min={0}
          max={1_000_000_000}
          precision={0}
          onChange={(stock) => onChange({ stock: stock ?? 0 })}
        />
      </Field>
    </div>
  );
}
