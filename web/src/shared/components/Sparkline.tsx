import { useTranslation } from "react-i18next";
import { useFormat } from "../hooks/useFormat";
import styles from "./figures.module.css";

interface Props {
  /** Oldest first; null where the bank has no figure yet. */
  values: (string | null)[];
  width?: number;
  height?: number;
}

/** The shape of the last months, without axes; the last point is marked. */
export function Sparkline({ values, width = 88, height = 24 }: Props) {
  const { t } = useTranslation("shared");
  const format = useFormat();
  const points = values.flatMap((value, index) => (value === null ? [] : [{ index, value: Number(value) }]));
  const last = points.at(-1);
  if (!last || points.length < 2) return <span className={styles.spark} style={{ width, height }} />;
  const top = Math.max(...points.map((p) => p.value));
  const bottom = Math.min(...points.map((p) => p.value), top * 0.8);
  const x = (index: number) => 2 + (index / (values.length - 1)) * (width - 6);
  const y = (value: number) => height - 3 - ((value - bottom) / (top - bottom || 1)) * (height - 6);
  const line = points
    .map((p, n) => `${n ? "L" : "M"}${x(p.index).toFixed(1)} ${y(p.value).toFixed(1)}`)
    .join("");
  const first = points[0] ?? last;
  const falling = last.value < top * 0.8;
  return (
    <svg
      className={`${styles.spark} ${falling ? styles.falling : ""}`}
      width={width}
      height={height}
      role="img"
      aria-label={t("trend", { months: points.length, amount: format.money(last.value) })}
    >
      <path className={styles.area} d={`${line}L${x(last.index)} ${height}L${x(first.index)} ${height}Z`} />
      <path d={line} />
      <circle cx={x(last.index)} cy={y(last.value)} r="2" />
    </svg>
  );
}
