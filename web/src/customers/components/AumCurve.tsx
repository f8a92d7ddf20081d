import { Segmented, Skeleton } from "antd";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { today } from "@/shared/format/dates";
import { useFormat } from "@/shared/hooks/useFormat";
import { useAumCurve, type Overview } from "../profileApi";
import styles from "./profile.module.css";

const chart = () => import("@/shared/components/LineChart");
chart().catch(() => undefined); // fetched beside the customer's data; if that fails, drawing tries again and says so
const LineChart = lazy(chart);
const OWN = 90;
const RANGES = [OWN, 365] as const;
const OUTGOING = new Set(["E04", "E05", "E06", "E09"]);

/** The monthly averages of 客户一览 as one value a day: months are the newest 13, this month last. */
function averages(days: string[], months: (string | null)[], last: string): number[] {
  const index = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  return days.map((day) => {
    const month = months[months.length - 1 - (index(last) - index(day))];
    return month === null || month === undefined ? NaN : Number(month);
  });
}

/** How AUM went, with each month's average, debts if any, and what happened on the way. */
export function AumCurve({ overview }: { overview: Overview }) {
  const { t } = useTranslation(["customers", "shared"]);
  const format = useFormat();
  const [days, setDays] = useState<number>(OWN);
  const { customer, curve: own, debts, marks } = overview;
  const longer = useAumCurve(customer.id, days === OWN ? null : days);
  const points = days === OWN ? own : longer.data;
  const series = useMemo(() => {
    const shown = points ?? [];
    const last = customer.biz_date;
    const dates = shown.map((point) => point.day);
    const steps = averages(dates, customer.months, last);
    const happened = marks
      .map((mark) => ({ mark, at: dates.indexOf(today(new Date(mark.at))) }))
      .filter(({ at }) => at >= 0);
    const owed = new Map(debts.map((point) => [point.day, Number(point.aum)]));
    return {
      days: dates,
      values: shown.map((point) => Number(point.aum)),
      steps,
      dashed: days === OWN && debts.length ? dates.map((day) => owed.get(day) ?? NaN) : undefined,
      marks: happened.map(({ mark, at }) => ({ at, down: OUTGOING.has(mark.code) || mark.code === "DOWN" })),
      axis: format.axis,
      day: (day: string) => format.shortDate(day, last),
      hover: (index: number) => {
        const point = shown[index];
        if (!point) return "";
        const money = (value: string | number) =>
          `${customer.banded ? "≥" : ""}${customer.banded ? format.money(value) : format.exact(value)}`;
        const lines = [format.date(point.day, last), `${t("figure.aum")} <b>${money(point.aum)}</b>`];
        const average = steps[index];
        if (average !== undefined && !Number.isNaN(average))
          lines.push(`${t("figure.mda")} ${format.money(average)}`);
        const debt = owed.get(point.day);
        if (debt) lines.push(`${t("figure.lum")} ${format.money(debt)}`);
        for (const { mark, at } of happened)
          if (at === index) lines.push(`● ${mark.title || t(`timeline.tier.${mark.code}`)}`);
        return lines.join("<br/>");
      },
    };
  }, [points, customer, marks, debts, days, format, t]);
  return (
    <Panel
      title={t("section.curve")}
      extra={
        <Segmented
          size="small"
          value={days}
          onChange={setDays}
          options={RANGES.map((range) => ({ value: range, label: t(`range.${range}`) }))}
        />
      }
    >
      <div className={styles.curve}>
        {longer.error && !points ? (
          <ProblemView error={longer.error} onRetry={() => void longer.refetch()} />
        ) : !points ? (
          <Skeleton active title={false} paragraph={{ rows: 6 }} />
        ) : series.days.length < 2 ? (
          <p className={styles.quiet}>{t("curveShort")}</p>
        ) : (
          <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 6 }} />}>
            <LineChart {...series} label={t("section.curve")} />
            <ul className={styles.legend}>
              <li data-line="aum">{t("figure.aum")}</li>
              <li data-line="mda">{t("figure.mda")}</li>
              {series.dashed && <li data-line="lum">{t("figure.lum")}</li>}
              {series.marks.length > 0 && <li data-line="mark">{t("curveMarks")}</li>}
            </ul>
          </Suspense>
        )}
      </div>
    </Panel>
  );
}
