import { Grid, theme } from "antd";
import { SankeyChart } from "echarts/charts";
import { use as register } from "echarts/core";
import { useMemo } from "react";
import { useChart } from "@/shared/hooks/useChart";
import styles from "./segment.module.css";

register([SankeyChart]);

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
  const names = Grid.useBreakpoint().md ? 148 : 100; // on a phone those of the left must end before the right begins
  const option = useMemo(() => {
    // the same segment stands on both sides: a name for each date
    const nodes = [
      ...new Set(links.map(({ source }) => `0|${source}`)),
      ...new Set(links.map(({ target }) => `1|${target}`)),
    ];
    const said = (name: string) => `${name.slice(2)}`;
    return {
      series: [
        {
          type: "sankey",
          left: 12,
          right: names + 12,
          top: 12,
          bottom: 12,
          draggable: false,
          emphasis: { focus: "adjacency" },
          label: {
            color: token.colorText,
            fontFamily: token.fontFamily,
            width: names,
            overflow: "break",
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
    };
  }, [links, left, right, names, token]);
  const box = useChart(option);
  return <div ref={box} role="img" aria-label={label} className={styles.chart} />;
}

/** Names are people's: none of them is markup. */
const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[{}]/g, "");
