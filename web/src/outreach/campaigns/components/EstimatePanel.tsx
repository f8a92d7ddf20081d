import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useSettled } from "@/shared/hooks/useSettled";
import { useEstimate } from "../api";
import type { CampaignIn, Estimate } from "../types";
import styles from "./campaign.module.css";
import { Faults } from "./Faults";
import { Losses } from "./Funnel";

/** What would become of a plan today: who takes part, what it costs, how small an effect it could show. */
export function EstimatePanel({ campaign }: { campaign: CampaignIn }) {
  const { t } = useTranslation("outreach");
  const found = useEstimate(useSettled(campaign));
  return (
    <Panel title={t("campaign.estimate.title")} className={styles.aside ?? ""}>
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 5 }} />}
      {found.data && <Figures estimate={found.data} plan={campaign.plan} />}
    </Panel>
  );
}

function Figures({ estimate, plan }: { estimate: Estimate; plan: CampaignIn["plan"] }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const { chance, faults, lost } = estimate;
  const least = plan.holdout_least ?? 0;
  const power = chance.base === null ? "unknown" : chance.points === null ? "blind" : "sees";
  return (
    <div className={styles.estimate}>
      <dl>
        {(
          [
            ["targeted", estimate.targeted],
            ["eligible", estimate.eligible],
            ["heldOut", estimate.held_out],
            ["messages", estimate.messages],
            ["leads", estimate.leads],
          ] as const
        ).map(([key, customers]) => (
          <div key={key}>
            <dt>{t(`campaign.estimate.${key}`)}</dt>
            <dd>{count(customers)}</dd>
          </div>
        ))}
        {estimate.ways.map(({ channel, customers }, n) => (
          <div key={channel}>
            <dt>
              {t(n === 0 ? "campaign.estimate.way" : "campaign.estimate.wayNext", {
                channel: t(`channel.${channel}`),
              })}
            </dt>
            <dd>{count(customers)}</dd>
          </div>
        ))}
        <div>
          <dt>{t("campaign.estimate.cost")}</dt>
          <dd title={format.exact(estimate.cost)}>
            {t("campaign.yuan", { amount: format.money(estimate.cost) })}
          </dd>
        </div>
        {estimate.ways.length > 0 && (
          <div>
            <dt>{t("campaign.estimate.costMost")}</dt>
            <dd title={format.exact(estimate.cost_most)}>
              {t("campaign.yuan", { amount: format.money(estimate.cost_most) })}
            </dd>
          </div>
        )}
      </dl>
      <p>
        {t(`campaign.estimate.${power}`, {
          base: percent(chance.base ?? 0),
          points: ((chance.points ?? 0) * 100).toFixed(1),
        })}
      </p>
      {estimate.eligible > 0 && estimate.held_out < least && (
        <p className={styles.bad}>{t("campaign.estimate.few", { least: count(least) })}</p>
      )}
      {Number(estimate.cost) > Number(plan.budget) && (
        <p className={styles.bad}>{t("campaign.estimate.dear")}</p>
      )}
      {lost.length > 0 && (
        <Losses
          title={t("campaign.funnel.lost")}
          rows={lost.map(({ why, customers }) => [t(`campaign.loss.${why}`), customers])}
        />
      )}
      <Faults faults={faults} />
    </div>
  );
}
