import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataTable } from "@/shared/components/DataTable";
import { count } from "@/shared/format/numbers";
import styles from "../../campaigns/components/campaign.module.css";
import type { Salon } from "../types";
import { useWhen } from "../useWhen";
import { State } from "./State";

/** Salons as a table: when and where, how many come. */
export function Rows({ rows }: { rows: Salon[] }) {
  const { t } = useTranslation("outreach");
  const when = useWhen();
  const told = ({ state }: Salon) => state === "OPEN" || state === "OVER" || state === "CANCELLED";
  const figure = (row: Salon, many: number) => (
    <span className={styles.figure}>{told(row) ? count(many) : "—"}</span>
  );
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      columns={[
        {
          key: "name",
          title: t("salon.name"),
          render: (row) => (
            <span className={styles.stack}>
              <Link to={`/salons/${row.id}`}>{row.name}</Link>
              <small>{row.host}</small>
            </span>
          ),
        },
        { key: "state", title: t("messages.state"), render: (row) => <State state={row.state} /> },
        {
          key: "when",
          title: t("salon.field.window"),
          wide: true,
          render: (row) => (
            <span className={styles.stack}>
              {when(row)}
              <small>{row.place}</small>
            </span>
          ),
        },
        {
          key: "taken",
          title: t("salon.taken"),
          align: "right",
          render: (row) => (
            <span className={styles.figure}>
              {told(row) ? t("salon.of", { taken: count(row.taken), seats: count(row.seats) }) : "—"}
            </span>
          ),
        },
        {
          key: "waiting",
          title: t("salon.part.WAITING"),
          align: "right",
          render: (row) => figure(row, row.waiting),
        },
        {
          key: "invited",
          title: t("salon.invited"),
          align: "right",
          render: (row) => figure(row, row.invited),
        },
        {
          key: "attended",
          title: t("salon.attended"),
          align: "right",
          render: (row) => figure(row, row.attended),
        },
      ]}
    />
  );
}
