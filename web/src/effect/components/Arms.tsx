import { useTranslation } from "react-i18next";
import { DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Detail, Report } from "../api";
import { useWords } from "../useWords";
import styles from "./effect.module.css";

interface Props {
  experiment: Detail;
  report: Report;
}

/** The arms side by side: who was drawn, measured, reached, and what became of their money. */
export function Arms({ experiment, report }: Props) {
  const { t } = useTranslation("effect");
  const format = useFormat();
  const { care, held_out } = report;
  const share = (part: number, whole: number) => (whole ? percent(part / whole) : "—");
  const rows = [
    { key: "customers", of: ({ customers }: typeof care) => count(customers) },
    { key: "reached", of: ({ reached, customers }: typeof care) => share(reached, customers) },
    { key: "measured", of: ({ measured }: typeof care) => count(measured) },
    { key: "kept", of: ({ kept, measured }: typeof care) => share(kept, measured) },
    {
      key: "change",
      of: ({ change, measured }: typeof care) => (measured ? format.money(change, true) : "—"),
    },
    { key: "before", of: ({ aum_before }: typeof care) => format.money(aum_before) },
  ];
  return (
    <Panel title={t("arms.title")} flush>
      <DataTable
        rowKey={({ key }) => key}
        rows={rows}
        columns={[
          {
            key: "what",
            title: t("arms.what"),
            render: ({ key }) => (
              <span className={styles.stack}>
                {t(`arms.${key}`, { days: experiment.horizon_days })}
                {key === "kept" && (
                  <small>{t("arms.keptHint", { share: percent(experiment.kept_share, 0) })}</small>
                )}
              </span>
            ),
          },
          {
            key: "care",
            title: t("arms.care"),
            align: "right",
            render: ({ of }) => <span className={styles.figure}>{of(care)}</span>,
          },
          {
            key: "heldOut",
            title: t("arms.heldOut"),
            align: "right",
            render: ({ of }) => <span className={styles.figure}>{of(held_out)}</span>,
          },
        ]}
      />
    </Panel>
  );
}

/** Both outcomes with their intervals; one of them is what the experiment is judged by. */
export function Outcomes({ experiment, report }: Props) {
  const { t } = useTranslation("effect");
  const words = useWords();
  const rows = (["KEPT", "AUM"] as const)
    .map((measure) => ({ measure, found: measure === "KEPT" ? report.kept : report.aum }))
    .sort((a) => (a.measure === experiment.measure ? -1 : 1));
  return (
    <Panel title={t("outcome.title")} flush>
      <DataTable
        rowKey={({ measure }) => measure}
        rows={rows}
        columns={[
          {
            key: "measure",
            title: t("outcome.measure"),
            render: ({ measure }) => (
              <span className={styles.stack}>
                {t(`measure.${measure}`)}
                <small>{t(measure === experiment.measure ? "outcome.main" : "outcome.beside")}</small>
              </span>
            ),
          },
          {
            key: "difference",
            title: t("outcome.difference"),
            align: "right",
            render: ({ measure, found }) => (
              <span className={styles.figure}>
                {found ? words.difference(measure, found.difference) : "—"}
              </span>
            ),
          },
          {
            key: "range",
            title: t(report.final ? "outcome.range" : "outcome.guarded"),
            align: "right",
            render: ({ measure, found }) => (
              <span className={styles.figure}>{found ? words.range(measure, found) : "—"}</span>
            ),
          },
          {
            key: "p",
            title: t("outcome.p"),
            align: "right",
            render: ({ found }) => (
              <span className={styles.figure}>
                {found ? (found.p < 0.001 ? "< 0.001" : found.p.toFixed(3)) : "—"}
              </span>
            ),
          },
        ]}
      />
    </Panel>
  );
}

/** The same by tier and churn band. */
export function Layers({ report }: { report: Report }) {
  const { t } = useTranslation("effect");
  const words = useWords();
  return (
    <Panel title={t("layers.title")} flush>
      <DataTable
        rowKey={({ stratum }) => stratum}
        rows={report.layers}
        columns={[
          { key: "layer", title: t("layers.layer"), render: ({ stratum }) => words.layer(stratum) },
          {
            key: "care",
            title: t("arms.care"),
            align: "right",
            render: ({ care, care_kept }) => (
              <span className={styles.figure}>
                {care_kept === null
                  ? count(care)
                  : t("layers.of", { rate: percent(care_kept), number: count(care) })}
              </span>
            ),
          },
          {
            key: "heldOut",
            title: t("arms.heldOut"),
            align: "right",
            render: ({ held_out, held_out_kept }) => (
              <span className={styles.figure}>
                {held_out_kept === null
                  ? count(held_out)
                  : t("layers.of", { rate: percent(held_out_kept), number: count(held_out) })}
              </span>
            ),
          },
        ]}
      />
    </Panel>
  );
}
