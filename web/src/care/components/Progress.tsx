import { Progress as Bar } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import styles from "./care.module.css";

/** How much of today is done, what is left, what is overdue. */
export function Progress({ counts }: { counts: Schemas["Counts"] }) {
  const { t } = useTranslation("care");
  const { done, left, later, overdue } = counts;
  const whole = done + left;
  return (
    <div className={styles.progress}>
      <span>
        {t("progress.done", { count: done })} · {t("progress.left", { count: left })}
        {later > 0 && ` · ${t("progress.later", { count: later })}`}
        {overdue > 0 && (
          <strong className={styles.late}> · {t("progress.overdue", { count: overdue })}</strong>
        )}
      </span>
      <Bar
        percent={whole ? Math.round((done / whole) * 100) : 0}
        showInfo={false}
        size="small"
        aria-label={t("progress.name")}
      />
    </div>
  );
}
