import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "./scoring.module.css";

type Measures = Record<"coverage" | "total" | "width", number>;

/** What `scoring/value/train_value.py` tells of a value model. */
export interface ValueFigures {
  customers: number;
  model: Measures & Record<"share" | "error" | "naive_error", number>;
  by_tier: { tier: number; customers: number; coverage: number }[];
  year: (Measures & { month: string; customers: number }) | null;
}

/** Whether the span held what it promised on the test month, and how far off the expected value was. */
export function ValueMetrics({ figures }: { figures: ValueFigures }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const { model, by_tier: tiers, year } = figures;
  const rows: [string, string][] = [
    [t("metric.coverage"), percent(model.coverage)],
    [t("metric.error"), model.error.toFixed(2)],
    [t("metric.naive_error"), model.naive_error.toFixed(2)],
    [t("metric.total"), model.total.toFixed(3)],
    [t("metric.width"), model.width.toFixed(2)],
    ...tiers.map(({ tier, customers, coverage }): [string, string] => [
      t("model.tierCoverage", { tier: `T${tier}`, customers: count(customers) }),
      percent(coverage),
    ]),
  ];
  if (year)
    rows.push([t("model.year", { month: format.month(year.month.slice(0, 7)) }), percent(year.coverage)]);
  return (
    <Panel title={t("model.valueMetrics", { customers: count(figures.customers) })}>
      <p className={styles.quiet}>{t("model.valueHow", { share: percent(model.share, 0) })}</p>
      <table className={styles.lines}>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
