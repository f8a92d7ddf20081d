import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import styles from "./scoring.module.css";

type Measures = Record<string, number>;
interface Warning {
  left: number;
  median: number | null;
  in_time: number | null;
}

/** What `scoring/churn/prove.py` tells of a model. */
export interface Figures {
  customers: number;
  left: number;
  top_share: number;
  model: Measures;
  logistic: Measures;
  rule_e05: Record<"alarms" | "precision" | "recall" | "model_precision" | "model_recall", number>;
  warning: Record<"model" | "rule_e05" | "all", Warning>;
  sensitivity: { drop: number; left: number; auc: number | null }[];
}

const ROWS = [
  ["auc", 3, 1],
  ["average_precision", 3, 1],
  ["log_loss", 4, -1],
  ["calibration_error", 4, -1],
  ["lift", 2, 1],
  ["precision_top", 3, 1],
] as const;

/** How good the model was on its test month, beside logistic regression and the rule E05. */
export function Metrics({ figures }: { figures: Figures }) {
  const { t } = useTranslation("scoring");
  const { model, logistic, rule_e05: rule, warning } = figures;
  const weeks = ({ median, in_time }: Warning) =>
    median === null ? "—" : t("model.weeks", { weeks: median.toFixed(1), share: percent(in_time ?? 0, 0) });
  return (
    <Panel title={t("model.metrics", { customers: count(figures.customers), left: count(figures.left) })}>
      <table className={styles.lines}>
        <thead>
          <tr>
            <th scope="col">{t("model.measure")}</th>
            <th scope="col">{t("model.model")}</th>
            <th scope="col">{t("model.logistic")}</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([name, digits, better]) => {
            const [mine, other] = [model[name] ?? NaN, logistic[name] ?? NaN];
            return (
              <tr key={name}>
                <th scope="row">{t(`metric.${name}`)}</th>
                <td className={(mine - other) * better > 0 ? styles.best : undefined}>
                  {mine.toFixed(digits)}
                </td>
                <td>{other.toFixed(digits)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <br />
      <table className={styles.lines}>
        <thead>
          <tr>
            <th scope="col">{t("model.sameAlarms", { count: count(rule.alarms) })}</th>
            <th scope="col">{t("model.model")}</th>
            <th scope="col">{t("model.rule")}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t("metric.precision")}</th>
            <td>{percent(rule.model_precision)}</td>
            <td>{percent(rule.precision)}</td>
          </tr>
          <tr>
            <th scope="row">{t("metric.recall")}</th>
            <td>{percent(rule.model_recall)}</td>
            <td>{percent(rule.recall)}</td>
          </tr>
          <tr>
            <th scope="row">{t("metric.weeks")}</th>
            <td>{weeks(warning.model)}</td>
            <td>{weeks(warning.rule_e05)}</td>
          </tr>
        </tbody>
      </table>
      <p className={styles.quiet}>
        {figures.sensitivity
          .filter(({ auc }) => auc !== null)
          .map(({ drop, auc }) => t("model.sensitivity", { drop: percent(drop, 0), auc: auc?.toFixed(3) }))
          .join(t("monitoring.comma"))}
      </p>
    </Panel>
  );
}
