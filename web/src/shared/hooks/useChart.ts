import { theme } from "antd";
import { TooltipComponent } from "echarts/components";
import { init, use as register, type ECharts, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { type RefObject, useEffect, useRef } from "react";

register([TooltipComponent, SVGRenderer]);

/**
 * A chart that fills a box, in the theme's colours, drawn anew when `option` is another object.
 * Only for what is loaded lazily: the charting library is the largest part of the page.
 */
export function useChart(option: EChartsCoreOption): RefObject<HTMLDivElement | null> {
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
      ...option,
      tooltip: {
        backgroundColor: token.colorBgElevated,
        borderColor: token.colorBorderSecondary,
        textStyle: { color: token.colorText, fontFamily: token.fontFamily },
        ...(option.tooltip as object),
      },
    });
  }, [option, token]);
  return box;
}
