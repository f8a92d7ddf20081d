import { Alert, Skeleton } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { type Simulated, type Tried, useOwnSimulation } from "./api";
import styles from "./own.module.css";

const LineChart = lazy(() => import("@/shared/components/LineChart"));

/** 试算: what an event would have raised in the nights that the lake holds. */
export function Simulation({ tried }: { tried: Tried }) {
  const { t } = useTranslation("care");
  const found = useOwnSimulation(tried);
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data)
    return (
      <div className={styles.simulation} role="status">
        <p className={styles.quiet}>{t("own.simulation.runs")}</p>
        <Skeleton active title={false} paragraph={{ rows: 3 }} />
      </div>
    );
  return found.data.nights.length === 0 ? (
    <Alert
      type="warning"
      showIcon
      title={t("own.simulation.none")}
      description={t("own.simulation.noneHint")}
    />
  ) : (
    <Outcome found={found.data} />
  );
}

function Outcome({ found }: { found: Simulated }) {
  const { t } = useTranslation(["care", "shared"]);
  const format = useFormat();
  const { reasons, nights, since, until } = found;
  const rate = (value: number) => (value > 0 && value < 0.1 ? value.toFixed(2) : value.toFixed(1));
  const figures = [
    ["perDay", rate(found.per_day)],
    ["perManager", rate(found.per_manager_day)],
    ...(found.most === null ? [] : [["most", count(found.most)]]),
    ["customers", count(found.customers)],
    ["joined", reasons ? percent(found.joined / reasons, 0) : "—"],
    ["muted", count(found.muted)],
  ] as const;
  const tiers = Object.entries(found.by_tier).reverse();
  return (
    <div className={styles.simulation}>
      <p className={styles.headline}>
        {t(reasons ? "own.simulation.would" : "own.simulation.wouldNone", {
          reasons: count(reasons),
          perManager: rate(found.per_manager_day),
        })}
      </p>
      <p className={styles.quiet}>
        {t("own.simulation.looked", {
          since: format.date(since ?? ""),
          until: format.date(until ?? ""),
          nights: count(nights.length),
          days: count(found.days),
          back: count(found.look_back),
        })}
      </p>
      {found.few && <Alert type="warning" showIcon title={t("own.simulation.few")} />}
      <dl className={styles.figures}>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`own.simulation.${name ?? ""}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {nights.length > 1 && (
        <Suspense fallback={<Skeleton active title={false} />}>
          <LineChart
            days={nights.map(({ biz_date }) => biz_date)}
            values={nights.map((night) => Math.round((night.reasons / night.gap) * 10) / 10)}
            axis={(value) => (Number.isInteger(value) ? count(value) : "")}
            day={(day) => format.shortDate(day)}
            hover={(at) =>
              t(nights[at]?.gap === 1 ? "own.simulation.night" : "own.simulation.gap", {
                date: format.date(nights[at]?.biz_date ?? ""),
                reasons: count(nights[at]?.reasons ?? 0),
                gap: nights[at]?.gap ?? 0,
              })
            }
            label={t("own.simulation.chart")}
          />
        </Suspense>
      )}
      {tiers.length > 0 && (
        <p>
          {t("own.simulation.tiers", {
            tiers: tiers
              .map(([tier, number]) =>
                t("nameCount", { name: t(`shared:tier.${tier}`), count: count(number) }),
              )
              .join(t("own.simulation.comma")),
          })}
        </p>
      )}
      <p className={styles.quiet}>{t("own.simulation.note", { managers: count(found.managers) })}</p>
    </div>
  );
}
