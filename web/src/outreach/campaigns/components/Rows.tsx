import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataTable } from "@/shared/components/DataTable";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Campaign } from "../types";
import { useWindow } from "../useWindow";
import styles from "./campaign.module.css";
import { State } from "./State";

/** Campaigns as a table: who is asked, when, what went and what it cost. */
export function Rows({ rows }: { rows: Campaign[] }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const window = useWindow();
  const ran = ({ state }: Campaign) => state === "RUNNING" || state === "PAUSED" || state === "ENDED";
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      columns={[
        {
          key: "name",
          title: t("campaign.name"),
          render: (row) => (
            <span className={styles.stack}>
              <Link to={`/campaigns/${row.id}`}>{row.name}</Link>
              <small>
                {t(`campaign.objective.${row.objective}`)}
                {row.segment && ` · ${row.segment}`}
              </small>
            </span>
          ),
        },
        {
          key: "state",
          title: t("messages.state"),
          render: (row) => (
            <span className={styles.tools}>
              <State campaign={row} />
            </span>
          ),
        },
        {
          key: "window",
          title: t("campaign.window"),
          render: (row) => (
            <span className={styles.stack}>
              {window(row)}
              <small>
                {[
                  row.channels.map((channel) => t(`channel.${channel}`)).join(" → "),
                  row.leads && t("campaign.byLeads"),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </small>
            </span>
          ),
        },
        {
          key: "sent",
          title: t("campaign.sent"),
          align: "right",
          render: (row) => <span className={styles.figure}>{ran(row) ? count(row.sent) : "—"}</span>,
        },
        {
          key: "handed",
          title: t("campaign.handed"),
          align: "right",
          render: (row) => (
            <span className={styles.figure}>{ran(row) && row.leads ? count(row.handed) : "—"}</span>
          ),
        },
        {
          key: "reached",
          title: t("campaign.reached"),
          align: "right",
          render: (row) => <span className={styles.figure}>{ran(row) ? count(row.reached) : "—"}</span>,
        },
        {
          key: "cost",
          title: t("campaign.cost.title"),
          align: "right",
          render: (row) => (
            <span className={`${styles.stack} ${styles.right} ${styles.figure}`}>
              {format.money(row.spent)}
              <small>{t("campaign.cost.of", { budget: format.money(row.budget) })}</small>
            </span>
          ),
        },
      ]}
    />
  );
}
