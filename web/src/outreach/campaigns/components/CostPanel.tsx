import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { CampaignDetail } from "../types";
import styles from "./campaign.module.css";

/** What it cost, of what it may cost, and for each who reached the goal. */
export function CostPanel({ campaign: { cost, plan } }: { campaign: CampaignDetail }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const [spent, reserved, budget] = [Number(cost.spent), Number(cost.reserved), Number(cost.budget)];
  const share = (part: number) => `${budget > 0 ? Math.min(100, (part / budget) * 100) : 0}%`;
  return (
    <Panel title={t("campaign.cost.title")}>
      <div className={styles.cost}>
        <p>
          <strong title={format.exact(cost.spent)}>
            {t("campaign.yuan", { amount: format.money(cost.spent) })}
          </strong>{" "}
          {t("campaign.cost.of", { budget: format.money(cost.budget) })}
          {budget > 0 && ` · ${percent(spent / budget)}`}
        </p>
        <span className={styles.track}>
          <span style={{ width: share(spent) }} />
          <span data-reserved style={{ width: share(reserved) }} />
        </span>
        <ul className={styles.plain}>
          {plan.template !== null && (
            <li>{t("campaign.cost.messages", { cost: format.money(cost.messages) })}</li>
          )}
          {plan.leads && <li>{t("campaign.cost.leads", { cost: format.money(cost.leads) })}</li>}
          {reserved > 0 && <li>{t("campaign.cost.reserved", { cost: format.money(cost.reserved) })}</li>}
          {cost.per_reached !== null && (
            <li>{t("campaign.cost.perReached", { cost: format.money(cost.per_reached) })}</li>
          )}
        </ul>
      </div>
    </Panel>
  );
}
