import { useTranslation } from "react-i18next";
import { type Column, DataTable, type Pages } from "@/shared/components/DataTable";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { RunOut } from "../api";
import styles from "./nightly.module.css";
import { RunStatus } from "./RunStatus";
import { StepBar } from "./StepBars";

interface Props {
  runs: RunOut[];
  pages: Pages;
  onOpen: (run: RunOut) => void;
  onQuarantine: (bizDate: string, feed: string) => void;
}

export function RunTable({ runs, pages, onOpen, onQuarantine }: Props) {
  const { t } = useTranslation("nightly");
  const format = useFormat();
  const longest = Math.max(...runs.map((run) => run.steps.reduce((sum, { seconds }) => sum + seconds, 0)), 1);
  const columns: Column<RunOut>[] = [
    {
      title: t("column.date"),
      key: "date",
      render: (run) => (
        <button type="button" className={styles.link} onClick={() => onOpen(run)}>
          {format.date(run.biz_date)}
          {run.is_current && <small>{t("current")}</small>}
        </button>
      ),
    },
    { title: t("column.status"), key: "status", render: (run) => <RunStatus status={run.status} /> },
    {
      title: t("column.started"),
      key: "started",
      render: (run) => (
        <span className={styles.stack}>
          {format.moment(run.started_at)}
          <small>{run.by ?? t(`trigger.${run.trigger}`)}</small>
        </span>
      ),
    },
    {
      title: t("column.duration"),
      key: "duration",
      width: 260,
      render: (run) => (
        <span className={styles.duration}>
          <StepBar run={run} longest={longest} />
          <span className="num">{format.duration(run.seconds)}</span>
        </span>
      ),
    },
    { title: t("column.rows"), key: "rows", align: "right", render: (run) => count(run.rows) },
    {
      title: t("column.quarantined"),
      key: "quarantined",
      align: "right",
      render: (run) =>
        run.quarantined > 0 ? (
          <button type="button" className={styles.link} onClick={() => onQuarantine(run.biz_date, "")}>
            {count(run.quarantined)}
          </button>
        ) : (
          <span className={styles.quiet}>0</span>
        ),
    },
    {
      title: t("column.events"),
      key: "events",
      align: "right",
      render: (run) => count(Object.values(run.events).reduce((sum, n) => sum + n, 0)),
    },
    { title: t("column.tasks"), key: "tasks", align: "right", render: (run) => count(run.tasks) },
  ];
  return <DataTable rowKey={({ id }) => id} columns={columns} rows={runs} pages={pages} />;
}
