import { theme } from "antd";
import { LineChart } from "echarts/charts";
import { GridComponent, LegendComponent } from "echarts/components";
import { use as register } from "echarts/core";
import { useMemo } from "react";
import { percent } from "@/shared/format/numbers";
import { useChart } from "@/shared/hooks/useChart";
import { won } from "../useWords";
import styles from "./effect.module.css";

register([LineChart, GridComponent, LegendComponent]);

interface Props {
  label: string;
  xName: string;
  /** Customers won per customer for each twentieth contacted; the last line is that of a lot. */
  lines: { name: string; values: number[] }[];
  hover: (at: number) => string;
}

/** Customers won by contacting the best first, against contacting by lot. Loaded lazily. */
export default function QiniChart({ label, xName, lines, hover }: Props) {
  const { token } = theme.useToken();
  const option = useMemo(() => {
    const colours = [token.colorPrimary, token.colorWarning];
    return {
      legend: { top: 0, textStyle: { color: token.colorTextSecondary } },
      grid: { left: 8, right: 16, top: 32, bottom: 24, containLabel: true },
      tooltip: {
        trigger: "axis",
        formatter: ([point]: { dataIndex: number }[]) => (point ? hover(point.dataIndex) : ""),
      },
      xAxis: {
        type: "category",
        boundaryGap: false,
        data: (lines[0]?.values ?? []).map((_, at, all) => percent(at / (all.length - 1), 0)),
        name: xName,
        nameLocation: "middle",
        nameGap: 28,
        nameTextStyle: { color: token.colorTextTertiary },
        axisTick: { show: false },
        axisLabel: { color: token.colorTextTertiary, hideOverlap: true },
      },
      yAxis: {
        type: "value",
        splitNumber: 4,
        axisLabel: { color: token.colorTextTertiary, formatter: won },
        splitLine: { lineStyle: { color: token.colorBorderSecondary } },
      },
      series: lines.map(({ name, values }, n) => {
        const lot = n === lines.length - 1;
        const color = lot ? token.colorTextTertiary : colours[n % colours.length];
        return {
          type: "line",
          name,
          data: values,
          showSymbol: false,
          lineStyle: { color, width: lot ? 1 : 2, type: lot ? "dashed" : "solid" },
          itemStyle: { color },
        };
      }),
    };
  }, [lines, xName, hover, token]);
  const box = useChart(option);
  return <div ref={box} role="img" aria-label={label} className={styles.chart} />;
}
