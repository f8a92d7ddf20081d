import { DatePicker, Select, Segmented, Skeleton } from "antd";
import dayjs from "dayjs";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { addDays } from "@/shared/format/dates";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useTold } from "../components/LivePanel";
import styles from "../components/segment.module.css";
import { type Overlap, useFlow, useLibrary, useOverlap } from "../storeApi";

const FlowChart = lazy(() => import("../components/FlowChart"));
const DEFAULTS = { code: "", show: "overlap", since: "" };
const MOST = 5;

/** 客群比较: who is in several segments, and who went from one to another. */
export function Component() {
  const { t } = useTranslation("segments");
  const me = useMe();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const library = useLibrary({ status: "IN_USE" });
  const codes = url.code ? url.code.split(",") : [];
  const today = me.data?.freshness.biz_date ?? "";
  const since = url.since || (today ? addDays(today, -30) : "");
  return (
    <>
      <PageTitle question={t("compare.question")} asOf={today} />
      <Panel>
        <div className={styles.stack}>
          <div className={styles.deeds}>
            <Select
              mode="multiple"
              className={styles.codes}
              aria-label={t("compare.segments")}
              placeholder={t("compare.segments")}
              maxCount={MOST}
              showSearch={{ optionFilterProp: "label" }}
              value={codes}
              onChange={(chosen: string[]) => setUrl({ code: chosen.join(",") })}
              options={(library.data?.rows ?? []).map(({ code, name }) => ({ value: code, label: name }))}
            />
            <Segmented
              aria-label={t("compare.show")}
              value={url.show}
              onChange={(show) => setUrl({ show })}
              options={["overlap", "flow"].map((one) => ({ value: one, label: t(`compare.${one}`) }))}
            />
            {url.show === "flow" && (
              <DatePicker
                aria-label={t("compare.since")}
                allowClear={false}
                value={since ? dayjs(since) : null}
                maxDate={dayjs(today || undefined)}
                onChange={(day: dayjs.Dayjs | null) => setUrl({ since: day?.format("YYYY-MM-DD") })}
              />
            )}
          </div>
          {codes.length < 2 ? (
            <EmptyState title={t("compare.choose")} hint={t("compare.chooseHint", { most: MOST })} />
          ) : url.show === "flow" ? (
            <Flows codes={codes} since={since} />
          ) : (
            <Sets codes={codes} />
          )}
        </div>
      </Panel>
    </>
  );
}

function Sets({ codes }: { codes: string[] }) {
  const { t } = useTranslation("segments");
  const found = useOverlap(codes);
  if (found.error) return <ProblemView error={found.error} />;
  if (!found.data) return <Skeleton active />;
  const { segments, sets, few } = found.data;
  const alone = sets.filter((one) => one.codes.length === 1);
  const order = [...sets].sort((a, b) => (b.exactly ?? 0) - (a.exactly ?? 0));
  const names = new Map(segments.map(({ code, name }) => [code, name]));
  return (
    <>
      <h3>{t("compare.whole")}</h3>
      <ul className={styles.sets}>
        {alone.map((one) => (
          <Row
            key={one.codes.join()}
            label={names.get(one.codes[0] ?? "") ?? ""}
            customers={one.at_least}
            most={mostOf(alone, "at_least")}
            few={few}
          />
        ))}
      </ul>
      <h3>{t("compare.exactly")}</h3>
      <ul className={styles.sets}>
        {order
          .filter(({ exactly }) => exactly !== 0)
          .map((one) => (
            <Row
              key={one.codes.join()}
              label={one.codes.map((code) => names.get(code)).join(" ∩ ")}
              dots={segments.map(({ code }) => one.codes.includes(code))}
              customers={one.exactly}
              most={mostOf(sets, "exactly")}
              few={few}
            />
          ))}
      </ul>
    </>
  );
}

const mostOf = (sets: Overlap["sets"], of: "exactly" | "at_least") =>
  Math.max(1, ...sets.map((one) => one[of] ?? 0));

interface RowProps {
  label: string;
  dots?: boolean[];
  customers: number | null;
  most: number;
  few: number;
}

function Row({ label, dots, customers, most, few }: RowProps) {
  const told = useTold();
  return (
    <li>
      <span className={styles.name} title={label}>
        {dots && (
          <span className={styles.dots} aria-hidden>
            {dots.map((inside, n) => (
              <i key={n} data-in={inside} />
            ))}
          </span>
        )}
        <small>{label}</small>
      </span>
      <span className={styles.track}>
        <span style={{ width: `${((customers ?? 0) / most) * 100}%` }} />
      </span>
      <span className="num">{told(customers, few)}</span>
    </li>
  );
}

function Flows({ codes, since }: { codes: string[]; since: string }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const told = useTold();
  const found = useFlow(codes, since);
  if (found.error) return <ProblemView error={found.error} />;
  if (!found.data) return <Skeleton active />;
  const { segments, links, since: from, until, few } = found.data;
  if (from === until) return <EmptyState title={t("compare.oneDate")} hint={t("compare.oneDateHint")} />;
  const name = (code: string) => segments.find((one) => one.code === code)?.name ?? t("compare.none");
  return (
    <Suspense fallback={<Skeleton active />}>
      <FlowChart
        label={t("compare.flow")}
        left={format.date(from)}
        right={format.date(until)}
        links={links.map(({ source, target, customers }) => ({
          source: name(source),
          target: name(target),
          size: customers ?? 1,
          said: told(customers, few),
        }))}
      />
    </Suspense>
  );
}
