import { useTranslation } from "react-i18next";
import { DataTable } from "@/shared/components/DataTable";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useWindow } from "../../campaigns/useWindow";
import styles from "../../campaigns/components/campaign.module.css";
import type { Reward } from "../api";
import { Deeds } from "./Deeds";
import { Stand } from "./Stand";

/** Rewards: what they cost in points, what they are worth, how many are left. */
export function Rewards({ rows, onEdit }: { rows: Reward[]; onEdit: (row: Reward) => void }) {
  const { t } = useTranslation("outreach");
  const window = useWindow();
  const format = useFormat();
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      columns={[
        {
          key: "name",
          title: t("points.reward"),
          render: (row) => (
            <span className={styles.stack}>
              <strong>{row.name}</strong>
              {row.plan.about && <small>{row.plan.about}</small>}
            </span>
          ),
        },
        { key: "state", title: t("messages.state"), render: (row) => <Stand row={row} /> },
        { key: "window", title: t("points.window"), render: (row) => window(row.plan) },
        {
          key: "points",
          title: t("points.price"),
          align: "right",
          render: (row) => (
            <span className={`${styles.stack} ${styles.right} ${styles.figure}`}>
              {t("points.many", { number: count(row.plan.points ?? 0) })}
              <small>{t("points.worth", { amount: format.exact(row.plan.value ?? "0") })}</small>
            </span>
          ),
        },
        {
          key: "stock",
          title: t("points.stock"),
          align: "right",
          render: (row) => (
            <span className={`${styles.stack} ${styles.right} ${styles.figure}`}>
              {count((row.plan.stock ?? 0) - row.used)}
              <small>
                {t("points.redeemedOf", { used: count(row.used), all: count(row.plan.stock ?? 0) })}
              </small>
            </span>
          ),
        },
        {
          key: "deeds",
          title: "",
          wide: true,
          render: (row) => <Deeds kind="reward" row={row} onEdit={() => onEdit(row)} />,
        },
      ]}
    />
  );
}
