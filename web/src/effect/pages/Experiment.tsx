import { Skeleton } from "antd";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { type Detail, useExperiment } from "../api";
import { Arms, Layers, Outcomes } from "../components/Arms";
import { Chances } from "../components/Chances";
import { Checks } from "../components/Checks";
import { Deeds } from "../components/Deeds";
import styles from "../components/effect.module.css";
import { Status } from "../components/Status";
import { UpliftCard } from "../components/UpliftCard";
import { points, useWords } from "../useWords";

const LooksChart = lazy(() => import("../components/LooksChart"));

/** One experiment: what it showed, whether that may be believed, how it was planned. */
export function Component() {
  const { t } = useTranslation("effect");
  const { id = "" } = useParams();
  const found = useExperiment(Number(id) || 0);
  if (found.data) return <Told experiment={found.data} />;
  return (
    <>
      <PageTitle question={t("question")} />
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && Number(id) > 0 && <Skeleton active paragraph={{ rows: 10 }} />}
    </>
  );
}

function Told({ experiment }: { experiment: Detail }) {
  const { t } = useTranslation("effect");
  const format = useFormat();
  const words = useWords();
  const { report } = experiment;
  return (
    <>
      <PageTitle
        question={experiment.name}
        asOf={experiment.as_of}
        extra={<Deeds experiment={experiment} />}
      />
      <div className={styles.page}>
        <Panel
          title={
            <>
              {t("verdict")} <Status status={experiment.status} />
            </>
          }
          extra={<Link to="/effect">{t("toList")}</Link>}
        >
          <p className={styles.verdict} role="status">
            {words.sentence(experiment)}
          </p>
          {report?.first_claim && (
            <p className={styles.quiet}>{t("claimed", { day: format.date(report.first_claim) })}</p>
          )}
          {report && <Progress experiment={experiment} />}
          {experiment.reason && <p className={styles.quiet}>{t("because", { reason: experiment.reason })}</p>}
        </Panel>
        {report && (
          <>
            {(report.kept || report.aum) && <Outcomes experiment={experiment} report={report} />}
            <Looks experiment={experiment} />
            <div className={styles.columns}>
              <Arms experiment={experiment} report={report} />
              <Checks experiment={experiment} report={report} />
            </div>
            {report.layers.length > 0 && <Layers report={report} />}
          </>
        )}
        <UpliftCard experiment={experiment} />
        <PlanFacts experiment={experiment} />
        {(experiment.status === "PENDING" || experiment.status === "APPROVED") && (
          <Chances
            on={
              experiment.segment
                ? { events: [], segment: experiment.segment.code }
                : { events: experiment.events, segment: "" }
            }
            ofSegment={experiment.segment !== null}
            share={experiment.share}
            days={experiment.enrol_days}
            measure={experiment.measure}
          />
        )}
      </div>
    </>
  );
}

function Progress({ experiment }: { experiment: Detail }) {
  const { t } = useTranslation("effect");
  const format = useFormat();
  const { report, ends_on, status } = experiment;
  if (!report) return null;
  if (report.final) return <p className={styles.quiet}>{t("finalHint")}</p>;
  if (status !== "RUNNING" || !ends_on) return null;
  const progress = { share: percent(report.fraction, 0), day: format.date(ends_on) };
  return <p className={styles.quiet}>{t("lookHint", progress)}</p>;
}

function Looks({ experiment }: { experiment: Detail }) {
  const { t } = useTranslation("effect");
  const format = useFormat();
  const words = useWords();
  const { measure } = experiment;
  const looks = useMemo(
    () =>
      experiment.looks.flatMap(({ biz_date, difference, low, high, measured }) =>
        difference === null || low === null || high === null
          ? []
          : [
              {
                day: format.shortDate(biz_date),
                low,
                middle: difference,
                high,
                said: `${format.shortDate(biz_date)}<br>${t("looks.said", {
                  difference: words.difference(measure, difference),
                  range: words.range(measure, { low, high }),
                  measured: count(measured),
                })}`,
              },
            ],
      ),
    [experiment, format, words, measure, t],
  );
  const axis = useMemo(
    () => (measure === "KEPT" ? points : (value: number) => format.axis(value)),
    [measure, format],
  );
  if (looks.length === 0) return null;
  return (
    <Panel title={t(`looks.title.${measure}`)}>
      <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 6 }} />}>
        <LooksChart label={t(`looks.title.${measure}`)} looks={looks} axis={axis} />
      </Suspense>
      <p className={styles.quiet}>{t("looks.hint")}</p>
    </Panel>
  );
}

function PlanFacts({ experiment }: { experiment: Detail }) {
  const { t } = useTranslation("effect");
  const format = useFormat();
  const words = useWords();
  const { starts_on, enrols_until } = experiment;
  const facts: [string, string][] = [
    [t(experiment.segment ? "facts.scope" : "form.events"), words.scope(experiment)],
    [t("form.share"), `${experiment.share}%`],
    [t("form.measure"), t(`measure.${experiment.measure}`)],
    [t("form.horizon"), t("days", { number: experiment.horizon_days })],
    [t("form.planned"), t("people", { number: count(experiment.planned) })],
    [
      t("form.enrol"),
      experiment.segment
        ? starts_on
          ? t("facts.once", { date: format.shortDate(starts_on) })
          : t("facts.onceHint")
        : starts_on && enrols_until
          ? t("facts.span", { from: format.shortDate(starts_on), to: format.shortDate(enrols_until) })
          : t("days", { number: experiment.enrol_days }),
    ],
    [t("facts.madeBy"), t("facts.by", { name: experiment.made_by, at: format.moment(experiment.made_at) })],
    [
      t("facts.decidedBy"),
      experiment.decided_by && experiment.decided_at
        ? t("facts.by", { name: experiment.decided_by, at: format.moment(experiment.decided_at) })
        : t("facts.nobody"),
    ],
  ];
  return (
    <Panel title={t("facts.title")}>
      <p className={styles.note}>{experiment.note}</p>
      <dl className={styles.facts}>
        {facts.map(([name, said]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
