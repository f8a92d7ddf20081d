import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import type { CaseRow } from "../api";
import styles from "./privacy.module.css";

/** The deadline of a request and how far it is; red when it has passed. */
export function DueDate({ row }: { row: CaseRow }) {
  const { t } = useTranslation("privacy");
  const format = useFormat();
  const left = row.workdays_left;
  if (left === null)
    return <small className={styles.quiet}>{row.closed_at && format.moment(row.closed_at)}</small>;
  const words =
    left < 0
      ? t("cases.late", { count: -left })
      : left === 0
        ? t("cases.today")
        : t("cases.left", { count: left });
  return (
    <span className={styles.stack}>
      <span>{format.date(row.due_on)}</span>
      <small className={left <= 0 ? styles.late : ""}>{words}</small>
    </span>
  );
}
