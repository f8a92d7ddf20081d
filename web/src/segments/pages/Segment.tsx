import { App, Select, Skeleton, Tabs } from "antd";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useMe } from "@/access/api";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useCheck } from "../api";
import { Deeds, Decision } from "../components/Deeds";
import { Bars, useTold } from "../components/LivePanel";
import { Change, FoundOn, Marks } from "../components/marks";
import { Members } from "../components/Members";
import { Uses } from "../components/Uses";
import { Versions } from "../components/Versions";
import styles from "../components/segment.module.css";
import { SCHEDULES, type Segment, useSchedule, useSegment, useSizes, useVersions } from "../storeApi";

const LineChart = lazy(() => import("@/shared/components/LineChart"));
const DEFAULTS = { tab: "about" };

/** One segment: who is in it, how it came about, who decided. */
export function Component() {
  const { t } = useTranslation("segments");
  const { code = "" } = useParams();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const found = useSegment(code);
  const segment = found.data;
  if (!segment)
    return (
      <>
        <PageTitle question={t("one.question")} />
        {found.error ? (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 10 }} />
        )}
      </>
    );
  return (
    <>
      <PageTitle question={segment.name} asOf={segment.as_of} extra={<Deeds segment={segment} />} />
      <div className={styles.stack}>
        <Decision segment={segment} />
        <Tabs
          activeKey={url.tab}
          onChange={(tab) => setUrl({ tab })}
          destroyOnHidden
          items={[
            { key: "about", label: t("one.about"), children: <About segment={segment} /> },
            { key: "members", label: t("one.members"), children: <Members segment={segment} /> },
            { key: "versions", label: t("one.versions"), children: <Versions segment={segment} /> },
          ]}
        />
      </div>
    </>
  );
}

function About({ segment }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const told = useTold();
  const versions = useVersions(segment.code);
  const held = versions.data?.find(({ number }) => number === segment.version);
  const { code, kind, about, reason, care, problems, scope, org_name, owner, as_of, customers, few } =
    segment;
  const facts: [string, ReactNode][] = [
    [t("form.about"), about],
    [t("form.reason"), reason],
    [t("form.care"), care],
    [t("form.schedule"), kind === "DYNAMIC" && <Schedule segment={segment} />],
    [t("library.scope"), scope === "ORG" ? org_name : t(`scope.${scope}`)],
    [t("library.owner"), owner || t(segment.delivered ? "library.delivered" : "library.nobody")],
  ];
  return (
    <div className={styles.page}>
      <div>
        <Panel title={t("one.what")} extra={<Marks row={segment} />}>
          <div className={styles.stack}>
            {/* what waits is told above: here stands whom the members were found by */}
            <p>
              <strong>{held?.sentence ?? segment.sentence}</strong>
            </p>
            {problems.map(({ place, text }) => (
              <ProblemLine key={place + text} text={text} />
            ))}
            <dl className={styles.about}>
              {facts
                .filter(([, text]) => Boolean(text))
                .map(([name, text]) => (
                  <Fact key={name} name={name} text={text} />
                ))}
            </dl>
          </div>
        </Panel>
        {as_of && <Breakdown segment={segment} />}
      </div>
      <div>
        <Panel title={t("one.size")}>
          <div className={styles.stack}>
            {as_of ? (
              <>
                <span className={styles.size}>{told(customers, few)}</span>
                <FoundOn asOf={as_of} />
                <span>
                  {t("library.change")} <Change row={segment} few={few} />
                </span>
                <Sizes code={code} />
              </>
            ) : (
              <p className={styles.quiet}>{t("one.noSize")}</p>
            )}
          </div>
        </Panel>
        <Uses code={code} />
      </div>
    </div>
  );
}

/** When the members are found anew; to change it takes no new version, for the rule stays. */
function Schedule({ segment: { code, schedule, may } }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const change = useSchedule(code);
  const hint = <small className={styles.quiet}>{t(`scheduleHint.${schedule}`)}</small>;
  if (!may.includes("edit"))
    return (
      <>
        {t(`schedule.${schedule}`)} {hint}
      </>
    );
  return (
    <span className={styles.marks}>
      <Select
        size="small"
        aria-label={t("form.schedule")}
        popupMatchSelectWidth={false}
        value={schedule}
        loading={change.isPending}
        onChange={(next) =>
          change.mutate(next, {
            onSuccess: () => void message.success(t("done.schedule")),
            onError: problem,
          })
        }
        options={SCHEDULES.map((one) => ({ value: one, label: t(`schedule.${one}`) }))}
      />
      {hint}
    </span>
  );
}

function Fact({ name, text }: { name: string; text: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </>
  );
}

function ProblemLine({ text }: { text: string }) {
  return (
    <p role="alert" className={styles.wrong}>
      {text}
    </p>
  );
}

/** The members by org, tier and stage: counted live, as a rule that asks for membership. */
function Breakdown({ segment: { code, as_of, kind } }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const me = useMe().data;
  const draws = me?.rights.includes("segment.draw") ?? false;
  const older = kind === "DYNAMIC" && as_of !== me?.freshness.biz_date;
  const rule = JSON.stringify({ version: 1, where: { type: "segment", segment: code } });
  const counted = useCheck(draws ? rule : "").data?.count;
  if (!counted) return null;
  return (
    <>
      {older && <p className={styles.quiet}>{t("one.byRuleToday")}</p>}
      {(["orgs", "tiers", "stages"] as const).map((by) => (
        <Panel key={by} title={t("one.by", { what: t(`live.${by}`).toLowerCase() })}>
          <Bars shares={counted[by]} few={counted.few} />
        </Panel>
      ))}
    </>
  );
}

/** 人数变化. Who sees part of the bank has no history, for the outlets of a customer change. */
function Sizes({ code }: { code: string }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const sizes = useSizes(code);
  const rows = (sizes.data?.rows ?? []).filter(({ customers }) => customers !== null);
  if (sizes.data && !sizes.data.whole) return <p className={styles.quiet}>{t("one.partOnly")}</p>;
  if (rows.length < 2) return <p className={styles.quiet}>{t("one.oneDate")}</p>;
  return (
    <Suspense fallback={<Skeleton active />}>
      <LineChart
        days={rows.map(({ biz_date }) => biz_date)}
        values={rows.map(({ customers }) => customers ?? 0)}
        axis={count}
        day={(day) => format.shortDate(day)}
        hover={(at) => `${format.date(rows[at]?.biz_date ?? "")} ${count(rows[at]?.customers ?? 0)}`}
        label={t("one.size")}
      />
    </Suspense>
  );
}
