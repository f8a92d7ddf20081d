import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import styles from "./scoring.module.css";

/** What `scoring/text/train.py` tells of a model of texts. */
export interface TextFigures {
  model: Record<"auc" | "topic" | "tone" | "precision" | "recall", number>;
  topics: { topic: string; texts: number; precision: number; recall: number }[];
}

/** How often topic, tone and complaints were told rightly, of texts that were held out. */
export function TextMetrics({ figures }: { figures: TextFigures }) {
  const { t } = useTranslation(["scoring", "care"]);
  const { model, topics } = figures;
  const rows: [string, string][] = [
    [t("model.complaintAuc"), model.auc.toFixed(3)],
    [t("model.complaintPrecision"), percent(model.precision, 0)],
    [t("model.complaintRecall"), percent(model.recall, 0)],
    [t("metric.topic"), percent(model.topic, 0)],
    [t("metric.tone"), percent(model.tone, 0)],
  ];
  const texts = topics.reduce((sum, row) => sum + row.texts, 0);
  return (
    <div className={styles.two}>
      <Panel title={t("model.measure")}>
        <p className={styles.quiet}>{t("model.textHow")}</p>
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
      <Panel title={t("model.textMetrics", { count: texts })}>
        <table className={styles.lines}>
          <thead>
            <tr>
              <th scope="col">{t("model.topic")}</th>
              <th scope="col">{t("model.texts")}</th>
              <th scope="col">{t("metric.precision")}</th>
              <th scope="col">{t("metric.recall")}</th>
            </tr>
          </thead>
          <tbody>
            {topics.map((row) => (
              <tr key={row.topic}>
                <th scope="row">{t(`care:topic.${row.topic}`)}</th>
                <td>{count(row.texts)}</td>
                <td>{percent(row.precision, 0)}</td>
                <td>{percent(row.recall, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}
