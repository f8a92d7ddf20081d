import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "../../campaigns/components/campaign.module.css";
import type { Mission, Reward } from "../api";

const COLOURS = {
  DRAFT: "default",
  REVIEW: "warning",
  RUNNING: "success",
  PAUSED: "warning",
  ENDED: "default",
} as const;

/** How a mission or a reward stands, who made or approved it, and what stands against it. */
export function Stand({ row }: { row: Mission | Reward }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  return (
    <span className={styles.stack}>
      <Tag variant="filled" color={COLOURS[row.state]}>
        {t(`points.state.${row.state}`)}
      </Tag>
      <small>
        {row.decided_by && row.decided_at
          ? t("list.decided", { name: row.decided_by, at: format.moment(row.decided_at) })
          : `${row.made_by} ${format.moment(row.made_at)}`}
      </small>
      {row.reason && <small>{t("list.because", { reason: row.reason })}</small>}
      {row.faults.length > 0 && (
        <ul className={styles.faults}>
          {row.faults.map(({ field, code, about }) => (
            <li key={`${field} ${code}`}>{t(`points.fault.${code}`, { about })}</li>
          ))}
        </ul>
      )}
    </span>
  );
}
