import { theme } from "antd";
import { LineChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { use as register } from "echarts/core";
import { useMemo } from "react";
import { useChart } from "@/shared/hooks/useChart";
import styles from "./effect.module.css";

register([LineChart, GridComponent]);

interface Props {
  label: string;
  looks: { day: string; low: number; middle: number; high: number; said: string }[];
  axis: (value: number) => string;
}

/** The difference night by night, in its guarded interval; the line at 0 says where there is no effect. Loaded lazily. */
export default function LooksChart({ label, looks, axis }: Props) {
  const { token } = theme.useToken();
  const option = useMemo(() => {
    const plain = { type: "line", showSymbol: looks.length === 1, symbol: "circle" };
    return {
      grid: { left: 8, right: 16, top: 12, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis",
        formatter: ([point]: { dataIndex: number }[]) => (point && looks[point.dataIndex]?.said) ?? "",
      },
      xAxis: {
        type: "category",
        data: looks.map(({ day }) => day),
        boundaryGap: looks.length === 1,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: token.colorTextTertiary, hideOverlap: true },
      },
      yAxis: {
        type: "value",
        splitNumber: 4,
        axisLabel: { color: token.colorTextTertiary, formatter: axis },
        splitLine: { lineStyle: { color: token.colorBorderSecondary } },
      },
      series: [
        {
          ...plain,
          stack: "interval",
          stackStrategy: "all",
          data: looks.map(({ low }) => low),
          lineStyle: { color: token.colorPrimary, opacity: 0.4, width: 1 },
          itemStyle: { color: token.colorPrimary, opacity: 0.4 },
        },
        {
          ...plain,
          stack: "interval",
          stackStrategy: "all",
          data: looks.map(({ low, high }) => high - low),
          lineStyle: { color: token.colorPrimary, opacity: 0.4, width: 1 },
          itemStyle: { color: token.colorPrimary, opacity: 0.4 },
          areaStyle: { color: token.colorPrimary, opacity: 0.12 },
        },
        {
          ...plain,
          data: looks.map(({ middle }) => middle),
          lineStyle: { color: token.colorPrimary, width: 2 },
          itemStyle: { color: token.colorPrimary },
        },
        {
          ...plain,
          showSymbol: false,
          data: looks.map(() => 0),
          lineStyle: { color: token.colorTextTertiary, width: 1, type: "dashed" },
        },
      ],
    };
  }, [looks, axis, token]);
  const box = useChart(option);
  return <div ref={box} role="img" aria-label={label} className={styles.chart} />;
}
