import { Alert, Skeleton, Tag } from "antd";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { type Monitoring, useMonitoring } from "../api";
import { Months } from "./Months";
import styles from "./scoring.module.css";

const NightsChart = lazy(() => import("./NightsChart"));
type Night = Monitoring["nights"][number];
const LISTED = 15;

/** 评分监测: how each night's scoring went, and what has drifted. */
export function MonitoringPanel({ kind }: { kind: string }) {
  const { t } = useTranslation("scoring");
  const found = useMonitoring(kind);
  const monitoring = found.data;
  return (
    <Panel
      title={
        <Explain
          title={t("monitoring.title")}
          text={t(kind === "text" ? "monitoring.howText" : "monitoring.how")}
        >
          {t("monitoring.title")}
        </Explain>
      }
    >
      {!monitoring &&
        (found.error ? (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton active />
        ))}
      {monitoring?.nights.length === 0 && (
        <EmptyState
          title={t("monitoring.none.title")}
          hint={t(kind === "text" ? "monitoring.none.hintText" : "monitoring.none.hint")}
        />
      )}
      {monitoring && monitoring.nights.length > 0 && <Nights kind={kind} monitoring={monitoring} />}
    </Panel>
  );
}

function Nights({ kind, monitoring }: { kind: string; monitoring: Monitoring }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const names = useMemo(
    () => ({
      high: t("band.HIGH"),
      medium: t("band.MEDIUM"),
      score: t("monitoring.score"),
      worst: t("monitoring.worst"),
      warn: t("monitoring.warn"),
      block: t("monitoring.block"),
    }),
    [t],
  );
  const { warn, least, days, nights, measured_on: measured, features } = monitoring;
  const newest = nights.at(-1);
  const month = monitoring.months[0];
  const far = features.filter(({ psi }) => psi > warn);
  const columns: Column<Night>[] = [
    { key: "day", title: t("monitoring.night"), render: ({ biz_date }) => format.shortDate(biz_date) },
    { key: "model", title: t("monitoring.model"), align: "right", render: ({ model }) => model },
    {
      key: "scored",
      title: t(days === null ? "monitoring.scored" : "monitoring.read"),
      align: "right",
      render: ({ scored }) => count(scored),
    },
    ...(kind === "churn" ? (["HIGH", "MEDIUM"] as const) : []).map((band): Column<Night> => ({
      key: band,
      title: t(`band.${band}`),
      align: "right",
      render: ({ bands, scored }) => (scored ? percent((bands[band] ?? 0) / scored) : "—"),
    })),
    ...(kind === "churn"
      ? [
          {
            key: "score",
            title: t("monitoring.score"),
            align: "right" as const,
            render: ({ score_psi: psi }: Night) => <Psi psi={psi} warn={warn} />,
          },
        ]
      : []),
    {
      key: "worst",
      title: t(days === null ? "monitoring.worst" : "monitoring.worstText"),
      render: ({ worst }) =>
        worst ? (
          <>
            {worst.label} <Psi psi={worst.psi} warn={warn} />
          </>
        ) : (
          "—"
        ),
    },
    {
      key: "state",
      title: t("monitoring.state"),
      wide: true,
      render: (night) => <State night={night} warn={warn} />,
    },
  ];
  return (
    <div className={styles.page}>
      {newest?.blocked && (
        <Alert
          type="error"
          showIcon
          title={t("monitoring.blockedNow", { why: t(`blocked.${newest.blocked}`) })}
          description={newest.blocked_features.join(", ")}
        />
      )}
      {month?.fell && (
        <Alert
          type="warning"
          showIcon
          title={t("monitoring.fellNow", { month: format.month(month.month.slice(0, 7)) })}
        />
      )}
      {far.length > 0 && !newest?.blocked && (
        <Alert
          type="warning"
          showIcon
          title={t("monitoring.far", { names: far.map(({ label }) => label).join(t("monitoring.comma")) })}
        />
      )}
      {kind === "churn" && (
        <Suspense fallback={<div className={styles.chart} />}>
          <NightsChart
            monitoring={monitoring}
            label={t("monitoring.title")}
            names={names}
            day={format.shortDate}
          />
        </Suspense>
      )}
      {measured === null && (
        <p className={styles.quiet}>
          {days === null
            ? t("monitoring.few", { count: count(least) })
            : t("monitoring.fewText", { count: count(least), days })}
        </p>
      )}
      {features.length > 0 && (
        <div>
          <p className={styles.quiet}>
            {t(days === null ? "monitoring.features" : "monitoring.heard", {
              date: format.date(measured ?? ""),
            })}
          </p>
          <ul className={styles.features}>
            {features.slice(0, 12).map(({ name, label, psi }) => (
              <li key={name}>
                {label} <Psi psi={psi} warn={warn} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <DataTable
        rowKey={({ biz_date }) => biz_date}
        columns={columns}
        rows={nights.slice(-LISTED).reverse()}
      />
      {monitoring.outcomes.length > 0 && <Outcomes rows={monitoring.outcomes} />}
      {monitoring.months.length > 0 && <Months rows={monitoring.months} />}
    </div>
  );
}

function Psi({ psi, warn }: { psi: number | null; warn: number }) {
  if (psi === null) return <small>—</small>;
  return <small className={psi > warn ? styles.late : undefined}>{psi.toFixed(3)}</small>;
}

function State({ night, warn }: { night: Night; warn: number }) {
  const { t } = useTranslation("scoring");
  if (night.blocked)
    return (
      <>
        <Tag color="error">{t("monitoring.blocked")}</Tag>
        {t(`blocked.${night.blocked}`)} {night.blocked_features.join(", ")}
      </>
    );
  const drifted = Math.max(night.score_psi ?? 0, night.worst?.psi ?? 0) > warn;
  return (
    <Tag color={drifted ? "warning" : "success"}>{t(drifted ? "monitoring.drifted" : "monitoring.fine")}</Tag>
  );
}

/** Cohort by cohort: how many of the warned left, beside what was told of them. */
function Outcomes({ rows }: { rows: Monitoring["outcomes"] }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const columns: Column<Monitoring["outcomes"][number]>[] = [
    { key: "day", title: t("monitoring.decided"), render: ({ decided_on }) => format.shortDate(decided_on) },
    { key: "band", title: t("board.risk"), render: ({ band }) => t(`band.${band}`) },
    { key: "n", title: t("board.customers"), align: "right", render: ({ customers }) => count(customers) },
    { key: "told", title: t("monitoring.told"), align: "right", render: ({ told }) => percent(told) },
    {
      key: "lost",
      title: t("monitoring.happened"),
      align: "right",
      render: ({ lost, customers }) => percent(lost / customers),
    },
  ];
  return <DataTable rowKey={(row) => `${row.decided_on}-${row.band}`} columns={columns} rows={rows} />;
}
