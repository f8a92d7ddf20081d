import { useTranslation } from "react-i18next";
import { DataTable } from "@/shared/components/DataTable";
import { count } from "@/shared/format/numbers";
import { useWindow } from "../../campaigns/useWindow";
import styles from "../../campaigns/components/campaign.module.css";
import type { Mission } from "../api";
import { Deeds } from "./Deeds";
import { Stand } from "./Stand";

/** Missions: for what, how many points, and what they have cost. */
export function Missions({ rows, onEdit }: { rows: Mission[]; onEdit: (row: Mission) => void }) {
  const { t } = useTranslation("outreach");
  const window = useWindow();
  const counts = (row: Mission) =>
    t(`points.counts.${row.plan.counts?.type ?? "SEGMENT"}`, { name: row.counts || "—" });
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      columns={[
        {
          key: "name",
          title: t("points.mission"),
          render: (row) => (
            <span className={styles.stack}>
              <strong>{row.name}</strong>
              <small>{counts(row)}</small>
              {row.plan.about && <small>{row.plan.about}</small>}
            </span>
          ),
        },
        { key: "state", title: t("messages.state"), render: (row) => <Stand row={row} /> },
        {
          key: "window",
          title: t("points.window"),
          render: (row) => (
            <span className={styles.stack}>
              {window(row.plan)}
              <small>{row.segment}</small>
            </span>
          ),
        },
        {
          key: "points",
          title: t("points.each"),
          align: "right",
          render: (row) => (
            <span className={`${styles.stack} ${styles.right} ${styles.figure}`}>
              {count(row.plan.points ?? 0)}
              <small>{t(`points.often.${row.plan.often ?? "ONCE"}`)}</small>
            </span>
          ),
        },
        {
          key: "used",
          title: t("points.given"),
          align: "right",
          render: (row) => (
            <span className={`${styles.stack} ${styles.right} ${styles.figure}`}>
              {count(row.used)}
              <small>{t("points.ofBudget", { budget: count(row.plan.budget ?? 0) })}</small>
              <small>{t("points.earners", { number: count(row.customers) })}</small>
            </span>
          ),
        },
        {
          key: "deeds",
          title: "",
          wide: true,
          render: (row) => <Deeds kind="mission" row={row} onEdit={() => onEdit(row)} />,
        },
      ]}
    />
  );
}
