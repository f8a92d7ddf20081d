import { theme } from "antd";
import { SankeyChart } from "echarts/charts";
import { TooltipComponent } from "echarts/components";
import { init, use as register, type ECharts } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import styles from "./segment.module.css";

register([SankeyChart, TooltipComponent, SVGRenderer]);

interface Props {
  label: string;
  /** The dates at both sides. */
  left: string;
  right: string;
  links: { source: string; target: string; size: number; said: string }[];
}

/** From which segment to which customers went between two dates. Loaded lazily, as all charts. */
export default function FlowChart({ label, left, right, links }: Props) {
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
    // the same segment stands on both sides: a name for each date
    const nodes = [
      ...new Set(links.map(({ source }) => `0|${source}`)),
      ...new Set(links.map(({ target }) => `1|${target}`)),
    ];
    const said = (name: string) => `${name.slice(2)}`;
    chart.current?.setOption({
      animation: false,
      tooltip: {
        backgroundColor: token.colorBgElevated,
        borderColor: token.colorBorderSecondary,
        textStyle: { color: token.colorText, fontFamily: token.fontFamily },
      },
      series: [
        {
          type: "sankey",
          left: 12,
          right: 160,
          top: 12,
          bottom: 12,
          draggable: false,
          emphasis: { focus: "adjacency" },
          label: {
            color: token.colorText,
            fontFamily: token.fontFamily,
            formatter: ({ name }: { name: string }) => said(name),
          },
          color: [
            token.colorPrimary,
            token.colorWarning,
            token.colorInfo,
            token.colorSuccess,
            token.colorTextTertiary,
          ],
          lineStyle: { color: "source", opacity: 0.3 },
          data: nodes.map((name) => ({
            name,
            tooltip: { formatter: `${name.startsWith("0") ? left : right}: ${escaped(said(name))}` },
          })),
          links: links.map(({ source, target, size, said: number }) => ({
            source: `0|${source}`,
            target: `1|${target}`,
            value: size,
            tooltip: { formatter: `${escaped(source)} → ${escaped(target)}: ${number}` },
          })),
        },
      ],
    });
  }, [links, left, right, token]);
  return <div ref={box} role="img" aria-label={label} className={styles.chart} />;
}

/** Names are people's: none of them is markup. */
const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[{}]/g, "");
