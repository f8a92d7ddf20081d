import { theme } from "antd";
import { LineChart, ScatterChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { use as register } from "echarts/core";
import { useMemo } from "react";
import { percent } from "@/shared/format/numbers";
import { useChart } from "@/shared/hooks/useChart";
import styles from "./scoring.module.css";

register([LineChart, ScatterChart, GridComponent]);

export interface Bin {
  told: number;
  happened: number;
  customers: number;
}

interface Props {
  bins: Bin[];
  label: string;
  xName: string;
  yName: string;
  hover: (bin: Bin) => string;
}

/** What was told against what happened, bin by bin; honest probabilities lie on the diagonal. Loaded lazily. */
export default function ReliabilityChart({ bins, label, xName, yName, hover }: Props) {
  const { token } = theme.useToken();
  const option = useMemo(() => {
    const top = Math.min(
      1,
      Math.max(0.1, ...bins.map(({ told, happened }) => Math.max(told, happened))) * 1.1,
    );
    const axis = (name: string, nameGap: number) => ({
      type: "value",
      min: 0,
      max: top,
      name,
      nameLocation: "middle",
      nameGap,
      nameTextStyle: { color: token.colorTextTertiary },
      axisLabel: {
        color: token.colorTextTertiary,
        formatter: (value: number) => percent(value, 0),
        hideOverlap: true,
      },
      splitLine: { lineStyle: { color: token.colorBorderSecondary } },
    });
    return {
      grid: { left: 24, right: 16, top: 12, bottom: 24, containLabel: true },
      tooltip: {
        trigger: "item",
        formatter: ({ dataIndex, seriesIndex }: { dataIndex: number; seriesIndex: number }) =>
          seriesIndex === 1 && bins[dataIndex] ? hover(bins[dataIndex]) : "",
      },
      xAxis: axis(xName, 28),
      yAxis: axis(yName, 44),
      series: [
        {
          type: "line",
          data: [
            [0, 0],
            [top, top],
          ],
          showSymbol: false,
          silent: true,
          lineStyle: { color: token.colorTextQuaternary, type: "dashed", width: 1 },
        },
        {
          type: "line",
          data: bins.map(({ told, happened }) => [told, happened]),
          symbolSize: 8,
          symbol: "circle",
          lineStyle: { color: token.colorPrimary, width: 2 },
          itemStyle: { color: token.colorPrimary },
        },
      ],
    };
  }, [bins, xName, yName, hover, token]);
  const box = useChart(option);
  return <div ref={box} role="img" aria-label={label} className={styles.chart} />;
}
