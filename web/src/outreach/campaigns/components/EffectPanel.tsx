import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { points } from "@/effect/useWords";
import { DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { CampaignDetail } from "../types";
import styles from "./campaign.module.css";

type Effect = NonNullable<CampaignDetail["effect"]>;

/** What the campaign itself brings: those who take part against those held out, each with its interval. */
export function EffectPanel({ effect }: { effect: Effect }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const me = useMe();
  const { comparison, verdict, aum, as_of } = effect;
  return (
    <Panel
      title={t("campaign.effect.title")}
      extra={
        me.data?.rights.includes("effect.read") && (
          <Link to={`/effect/${effect.experiment_id}`}>{t("campaign.effect.open")}</Link>
        )
      }
      flush
    >
      <>
        <p className={styles.verdict}>
          <Said comparison={comparison} />
          <small>{t("campaign.effect.soFar", { date: format.date(effect.measured_on) })}</small>
        </p>
        <DataTable
          rowKey={({ key }) => key}
          rows={[
            { key: "treated", arm: comparison.treated },
            { key: "heldOut", arm: comparison.held_out },
          ]}
          columns={[
            { key: "arm", title: t("campaign.effect.arm"), render: ({ key }) => t(`campaign.effect.${key}`) },
            {
              key: "customers",
              title: t("campaign.effect.customers"),
              align: "right",
              render: ({ arm }) => <span className={styles.figure}>{count(arm.customers)}</span>,
            },
            {
              key: "reached",
              title: t("campaign.reached"),
              align: "right",
              render: ({ arm }) => <span className={styles.figure}>{count(arm.reached)}</span>,
            },
            {
              key: "rate",
              title: t("campaign.effect.rate"),
              align: "right",
              render: ({ arm }) => (
                <span className={styles.figure}>
                  {arm.customers ? percent(arm.reached / arm.customers) : "—"}
                </span>
              ),
            },
          ]}
        />
        <p className={styles.verdict}>
          {verdict === null || as_of === null
            ? t("campaign.effect.noLook")
            : t(`campaign.effect.verdict.${verdict}`)}
          {aum && as_of && (
            <small>
              {t("campaign.effect.aum", {
                date: format.date(as_of),
                difference: format.money(aum.difference, true),
                low: format.money(aum.low, true),
                high: format.money(aum.high, true),
              })}
            </small>
          )}
        </p>
      </>
    </Panel>
  );
}

function Said({ comparison: { difference, low, high } }: { comparison: Effect["comparison"] }) {
  const { t } = useTranslation("outreach");
  if (difference === null || low === null || high === null) return t("campaign.effect.few");
  const said = low > 0 ? "more" : high < 0 ? "less" : "unsure";
  return t(`campaign.effect.${said}`, {
    points: points(Math.abs(difference) / 100).replace("+", ""),
    low: points(low / 100),
    high: points(high / 100),
  });
}
