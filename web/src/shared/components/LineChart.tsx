import { theme } from "antd";
import { LineChart as Line, ScatterChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { use as register } from "echarts/core";
import { useMemo } from "react";
import { useChart } from "../hooks/useChart";

register([Line, ScatterChart, GridComponent]);

export interface Series {
  days: string[];
  values: number[];
  /** What the axis and the hover say. */
  axis: (value: number) => string;
  day: (day: string) => string;
  hover: (index: number) => string;
  label: string;
  /** Lines beside the first: an average as steps, another figure dashed. */
  steps?: number[] | undefined;
  dashed?: number[] | undefined;
  /** Places of `days` where something happened, drawn as dots on the line. */
  marks?: { at: number; down: boolean }[] | undefined;
}

/** A line over days, with what belongs to it. Loaded lazily: the charting library is the largest part of the page. */
export default function LineChart({ days, values, axis, day, hover, label, steps, dashed, marks }: Series) {
  const { token } = theme.useToken();
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis",
        formatter: ([point]: { dataIndex: number }[]) => (point ? hover(point.dataIndex) : ""),
      },
      xAxis: {
        type: "category",
        data: days,
        boundaryGap: false,
        axisLine: { lineStyle: { color: token.colorBorder } },
        axisTick: { show: false },
        axisLabel: { color: token.colorTextTertiary, formatter: day, hideOverlap: true },
      },
      yAxis: {
        type: "value",
        scale: true,
        splitNumber: 4,
        axisLabel: { color: token.colorTextTertiary, formatter: axis },
        splitLine: { lineStyle: { color: token.colorBorderSecondary } },
      },
      series: [
        {
          type: "line",
          data: values,
          showSymbol: false,
          lineStyle: { color: token.colorPrimary, width: 2 },
          itemStyle: { color: token.colorPrimary },
          areaStyle: { color: token.colorPrimary, opacity: 0.08 },
        },
        {
          type: "line",
          step: "end",
          data: steps ?? [],
          showSymbol: false,
          lineStyle: { color: token.colorTextTertiary, width: 1 },
          itemStyle: { color: token.colorTextTertiary },
        },
        {
          type: "line",
          data: dashed ?? [],
          showSymbol: false,
          lineStyle: { color: token.colorWarning, width: 1.5, type: "dashed" },
          itemStyle: { color: token.colorWarning },
        },
        {
          type: "scatter",
          symbolSize: 9,
          data: (marks ?? []).map(({ at, down }) => ({
            value: [days[at], values[at]],
            itemStyle: {
              color: down ? token.colorError : token.colorPrimary,
              borderColor: token.colorBgContainer,
              borderWidth: 2,
            },
          })),
        },
      ],
    }),
    [days, values, axis, day, hover, token, steps, dashed, marks],
  );
  const box = useChart(option);
  return <div ref={box} role="img" aria-label={label} style={{ height: 240 }} />;
}
