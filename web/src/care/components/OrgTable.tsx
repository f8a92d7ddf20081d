import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/app/client";
import { Amount } from "@/shared/components/Amount";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import styles from "./branch.module.css";

type Line = Schemas["OrgLine"];
const by = (figure: (row: Line) => number) => (a: Line, b: Line) => figure(a) - figure(b);

/** The orgs below, side by side; a name goes down into one. */
export function OrgTable({ lines }: { lines: Line[] }) {
  const { t } = useTranslation("care");
  const columns: Column<Line>[] = [
    {
      title: t("board.org"),
      key: "name",
      render: ({ id, name }) => <Link to={`/branch?org=${id}`}>{name}</Link>,
    },
    {
      title: t("board.customers"),
      key: "customers",
      align: "right",
      sorter: by((row) => row.customers),
      render: (row) => (
        <span className={styles.person}>
          {count(row.customers)}
          <small>
            {row.customers > 0 && t("board.managed", { percent: percent(row.managed / row.customers, 0) })}
          </small>
        </span>
      ),
    },
    {
      title: t("board.aum"),
      key: "aum",
      align: "right",
      sorter: by((row) => Number(row.aum)),
      defaultSortOrder: "descend",
      render: ({ aum }) => <Amount value={aum} />,
    },
    {
      title: t("board.net"),
      key: "net",
      align: "right",
      sorter: by((row) => Number(row.net_month)),
      render: (row) => <Amount value={row.net_month} change />,
    },
    {
      title: t("board.left"),
      key: "left",
      align: "right",
      sorter: by((row) => row.tasks_left),
      render: (row) => count(row.tasks_left),
    },
    {
      title: t("board.overdue"),
      key: "overdue",
      align: "right",
      sorter: by((row) => row.overdue),
      render: ({ overdue }) => (
        <span className={overdue > 0 ? styles.late : styles.quiet}>{count(overdue)}</span>
      ),
    },
  ];
  return (
    <Panel title={t("board.children")} flush>
      <DataTable rowKey={({ id }) => id} columns={columns} rows={lines} />
    </Panel>
  );
}
