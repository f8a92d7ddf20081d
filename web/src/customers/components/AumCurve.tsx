import { Segmented, Skeleton } from "antd";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useAumCurve } from "../api";
import styles from "./profile.module.css";

const chart = () => import("@/shared/components/LineChart");
chart().catch(() => undefined); // fetched beside the customer's data; if that fails, drawing tries again and says so
const LineChart = lazy(chart);
const RANGES = [90, 365] as const;

export function AumCurve({ customerId, banded }: { customerId: number; banded: boolean }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const [days, setDays] = useState<number>(RANGES[0]);
  const curve = useAumCurve(customerId, days);
  const series = useMemo(() => {
    const points = curve.data ?? [];
    const last = points.at(-1)?.day;
    return {
      days: points.map((point) => point.day),
      values: points.map((point) => Number(point.aum)),
      axis: format.axis,
      day: (day: string) => format.shortDate(day, last),
      hover: (index: number) => {
        const point = points[index];
        if (!point) return "";
        return `${format.date(point.day, last)}<br/><b>${banded ? "≥" : ""}${format.exact(point.aum)}</b>`;
      },
    };
  }, [curve.data, format, banded]);
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
        {curve.error && !curve.data ? (
          <ProblemView error={curve.error} onRetry={() => void curve.refetch()} />
        ) : curve.isPending ? (
          <Skeleton active title={false} paragraph={{ rows: 6 }} />
        ) : series.days.length < 2 ? (
          <p className={styles.quiet}>{t("curveShort")}</p>
        ) : (
          <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 6 }} />}>
            <LineChart {...series} label={t("section.curve")} />
          </Suspense>
        )}
      </div>
    </Panel>
  );
}
