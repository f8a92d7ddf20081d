import { Badge, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { Amount } from "@/shared/components/Amount";
import { Sparkline } from "@/shared/components/Sparkline";
import { StageTag, TierTag } from "@/shared/components/Tags";
import { useFormat } from "@/shared/hooks/useFormat";
import type { CustomerRow } from "../api";
import styles from "./customers.module.css";

interface Props {
  rows: CustomerRow[];
  loading: boolean;
  banded: boolean;
  showManager: boolean;
  sort: string;
  page: number;
  total: number;
  pageSize: number;
  onSort: (sort: string) => void;
  onPage: (page: number) => void;
}

/** The customers with the shape of their last year; each heading sorts on the server. */
export function CustomerTable(props: Props) {
  const { rows, loading, banded, showManager, sort, page, total, pageSize, onSort, onPage } = props;
  const { t } = useTranslation("customers");
  const format = useFormat();
  const navigate = useNavigate();
  const field = sort.replace("-", "");
  const sorted = (name: string) => ({
    key: name,
    sorter: true,
    sortOrder: field === name ? (sort.startsWith("-") ? ("descend" as const) : ("ascend" as const)) : null,
  });
  const columns: TableColumnsType<CustomerRow> = [
    {
      title: t("column.name"),
      ...sorted("name"),
      render: (_, row) => (
        <Link
          to={`/customers/${row.id}`}
          className={styles.name}
          onClick={(event) => event.stopPropagation()}
        >
          {row.name}
          <small>{row.cust_no}</small>
        </Link>
      ),
    },
    { title: t("column.tier"), key: "tier", render: (_, row) => <TierTag tier={row.tier} /> },
    { title: t("column.stage"), key: "stage", render: (_, row) => <StageTag stage={row.stage} /> },
    {
      title: t("figure.aum"),
      ...sorted("aum"),
      align: "right",
      render: (_, row) => <Amount value={row.aum} banded={banded} />,
    },
    {
      title: t("figure.mda"),
      ...sorted("mda"),
      align: "right",
      render: (_, row) => <Amount value={row.mda} banded={banded} />,
    },
    {
      title: t("figure.netMonth"),
      ...sorted("net_month"),
      align: "right",
      render: (_, row) => <Amount value={row.net_month} change />,
    },
    {
      title: t("column.trend"),
      key: "trend",
      render: (_, row) => <Sparkline values={row.months} width={96} />,
    },
    ...(showManager
      ? [
          {
            title: t("column.manager"),
            key: "manager",
            render: (_: unknown, row: CustomerRow) =>
              row.manager?.name ?? <span className={styles.quiet}>{t("pool")}</span>,
          },
          { title: t("column.org"), key: "org", render: (_: unknown, row: CustomerRow) => row.org_name },
        ]
      : []),
    {
      title: t("column.lastContact"),
      ...sorted("last_contact"),
      render: (_, row) =>
        row.last_contact ? (
          format.shortDate(row.last_contact)
        ) : (
          <span className={styles.quiet}>{t("never")}</span>
        ),
    },
    {
      title: t("column.tasks"),
      key: "tasks",
      align: "right",
      render: (_, row) => row.open_tasks > 0 && <Badge status="processing" text={t("open")} />,
    },
  ];
  return (
    <Table
      rowKey="id"
      size="middle"
      columns={columns}
      dataSource={rows}
      loading={loading}
      scroll={{ x: "max-content" }}
      showSorterTooltip={false}
      onRow={(row) => ({ onClick: () => void navigate(`/customers/${row.id}`), className: styles.tableRow })}
      pagination={{
        current: page,
        pageSize,
        total,
        showSizeChanger: false,
        showTotal: (n) =>
          t(n >= 10_000 ? "totalMany" : "total", { count: n, number: n.toLocaleString("en-US") }),
      }}
      onChange={(to, _filters, by, { action }) => {
        if (action === "paginate") return onPage(to.current ?? 1);
        const one = Array.isArray(by) ? by[0] : by;
        const key = String(one?.columnKey ?? "aum");
        onSort(one?.order ? `${one.order === "descend" ? "-" : ""}${key}` : "-aum");
      }}
    />
  );
}
