import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/app/client";
import { Amount } from "@/shared/components/Amount";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import styles from "./branch.module.css";

type Member = Schemas["Team"];

interface Props {
  team: Member[];
  day: string | null;
  seesTasks: boolean;
  seesCustomers: boolean;
}

const by = (figure: (row: Member) => number) => (a: Member, b: Member) => figure(a) - figure(b);

/** Who has how much, who has reached whom, and who needs help. */
export function TeamTable({ team, day, seesTasks, seesCustomers }: Props) {
  const { t } = useTranslation(["care", "shared"]);
  const columns: Column<Member>[] = [
    {
      title: t("board.name"),
      key: "name",
      render: ({ user, role }) => (
        <span className={styles.person}>
          {seesTasks ? <Link to={`/workbench?list=${user.id}`}>{user.name}</Link> : <b>{user.name}</b>}
          <small>{t(`shared:role.${role}`)}</small>
        </span>
      ),
    },
    {
      title: t("board.customers"),
      key: "customers",
      align: "right",
      sorter: by((row) => row.customers),
      render: ({ user, customers }) =>
        seesCustomers ? (
          <Link to={`/customers?manager=${user.id}`}>{count(customers)}</Link>
        ) : (
          count(customers)
        ),
    },
    {
      title: t("board.aum"),
      key: "aum",
      align: "right",
      sorter: by((row) => Number(row.aum)),
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
      title: (
        <Explain title={t("board.coverage")} text={t("board.coverageHow")} asOf={day}>
          {t("board.coverage")}
        </Explain>
      ),
      key: "coverage",
      width: 190,
      className: styles.apart,
      sorter: by((row) => row.coverage ?? -1),
      render: ({ coverage }) =>
        coverage === null ? (
          <span className={styles.quiet}>—</span>
        ) : (
          <Progress percent={Math.round(coverage * 100)} size="small" format={() => percent(coverage, 0)} />
        ),
    },
    {
      title: t("board.left"),
      key: "left",
      align: "right",
      sorter: by((row) => row.tasks_left),
      render: (row) => count(row.tasks_left),
    },
    {
      title: t("board.done"),
      key: "done",
      align: "right",
      sorter: by((row) => row.tasks_done),
      render: (row) => count(row.tasks_done),
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
    <Panel
      title={t("board.team")}
      extra={seesTasks && <span className={styles.quiet}>{t("board.teamHint")}</span>}
      flush
    >
      <DataTable rowKey={({ user }) => user.id} columns={columns} rows={team} />
    </Panel>
  );
}
