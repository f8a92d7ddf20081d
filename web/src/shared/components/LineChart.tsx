import { theme } from "antd";
import { LineChart as Line, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type ECharts } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

register([Line, ScatterChart, GridComponent, TooltipComponent, SVGRenderer]);

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
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  useEffect(() => {
    if (!box.current) return;
    const made = init(box.current, null, { renderer: "svg" });
    chart.current = made;
    const watcher = new ResizeObserver(() => made.resize());
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption({
      animation: false,
      grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis",
        backgroundColor: token.colorBgElevated,
        borderColor: token.colorBorderSecondary,
        textStyle: { color: token.colorText, fontFamily: token.fontFamily },
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
    });
  }, [days, values, axis, day, hover, token, steps, dashed, marks]);
  return <div ref={box} role="img" aria-label={label} style={{ height: 240 }} />;
}
