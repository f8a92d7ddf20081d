import { theme } from "antd";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent } from "echarts/components";
import { use as register } from "echarts/core";
import { useMemo } from "react";
import { percent } from "@/shared/format/numbers";
import { useChart } from "@/shared/hooks/useChart";
import type { Monitoring } from "../api";
import styles from "./scoring.module.css";

register([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent]);

interface Props {
  monitoring: Monitoring;
  label: string;
  names: { high: string; medium: string; score: string; worst: string; warn: string; block: string };
  day: (day: string) => string;
}

/** Night by night: the shares of the high and medium bands, and how far inputs and score have drifted. Loaded lazily. */
export default function NightsChart({ monitoring, label, names, day }: Props) {
  const { token } = theme.useToken();
  const option = useMemo(() => {
    const { nights, warn, block } = monitoring;
    const share = (band: string) =>
      nights.map(({ bands, scored }) => (scored ? (bands[band] ?? 0) / scored : null));
    const axisLabel = { color: token.colorTextTertiary, hideOverlap: true };
    const bar = (name: string, band: string, color: string) => ({
      name,
      type: "bar",
      stack: "bands",
      data: share(band),
      itemStyle: { color, opacity: 0.45 },
      barMaxWidth: 18,
      tooltip: { valueFormatter: (value: number | null) => (value === null ? "—" : percent(value)) },
    });
    const line = (name: string, data: (number | null)[], color: string) => ({
      name,
      type: "line",
      yAxisIndex: 1,
      data,
      showSymbol: data.length < 20,
      lineStyle: { color, width: 2 },
      itemStyle: { color },
      tooltip: { valueFormatter: (value: number | null) => value?.toFixed(3) ?? "—" },
    });
    const psi = nights.map(({ worst }) => worst?.psi ?? null);
    const top = Math.max(block * 1.2, ...psi.map((value) => value ?? 0));
    return {
      grid: { left: 8, right: 8, top: 40, bottom: 4, containLabel: true },
      legend: { top: 0, textStyle: { color: token.colorTextSecondary } },
      tooltip: { trigger: "axis" },
      xAxis: {
        type: "category",
        data: nights.map(({ biz_date }) => day(biz_date)),
        axisLabel,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: token.colorBorder } },
      },
      yAxis: [
        {
          type: "value",
          axisLabel: { ...axisLabel, formatter: (value: number) => percent(value, 0) },
          splitLine: { lineStyle: { color: token.colorBorderSecondary } },
        },
        { type: "value", min: 0, max: Number(top.toFixed(2)), axisLabel, splitLine: { show: false } },
      ],
      series: [
        bar(names.high, "HIGH", token.colorError),
        bar(names.medium, "MEDIUM", token.colorWarning),
        line(
          names.score,
          nights.map(({ score_psi }) => score_psi),
          token.colorPrimary,
        ),
        {
          ...line(names.worst, psi, token.colorTextTertiary),
          markLine: {
            symbol: "none",
            silent: true,
            label: {
              color: token.colorTextTertiary,
              backgroundColor: token.colorBgContainer, // it may lie on a bar
              padding: [1, 4],
              position: "insideEndTop",
              formatter: "{b}",
            },
            data: [
              { name: names.warn, yAxis: warn, lineStyle: { color: token.colorWarning, type: "dashed" } },
              { name: names.block, yAxis: block, lineStyle: { color: token.colorError, type: "dashed" } },
            ],
          },
        },
      ],
    };
  }, [monitoring, names, day, token]);
  const box = useChart(option);
  return <div ref={box} role="img" aria-label={label} className={styles.chart} />;
}
