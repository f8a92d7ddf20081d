import { Skeleton, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useFormat } from "@/shared/hooks/useFormat";
import type { CustomerRow } from "../api";
import { COLUMNS } from "../columns";
import styles from "./customers.module.css";

interface Props {
  rows: CustomerRow[];
  loading: boolean;
  banded: boolean;
  columns: string[];
  sort: string;
  page: number;
  total: number;
  pageSize: number;
  /** Chosen for a bulk action; undefined where the viewer may do none. */
  chosen: number[] | undefined;
  onChoose: (ids: number[]) => void;
  onSort: (sort: string) => void;
  onPage: (page: number) => void;
}

/** The customers, in the columns that the viewer wants; each heading sorts on the server. */
export function CustomerTable(props: Props) {
  const { rows, loading, banded, columns, sort, page, total, pageSize, chosen, onChoose, onSort, onPage } =
    props;
  const { t } = useTranslation("customers");
  const format = useFormat();
  const navigate = useNavigate();
  const field = sort.replace("-", "");
  const order = sort.startsWith("-") ? ("descend" as const) : ("ascend" as const);
  const shown: TableColumnsType<CustomerRow> = columns.flatMap((name) => {
    const column = COLUMNS[name];
    if (!column) return [];
    return {
      key: name,
      title: t(`columnName.${name}`),
      align: column.right ? ("right" as const) : ("left" as const),
      ...(column.sorts && { sorter: true, sortOrder: field === name ? order : null }),
      render: (_: unknown, row: CustomerRow) => column.render(row, { t, format, banded }),
    };
  });
  if (loading && rows.length === 0)
    return <Skeleton active paragraph={{ rows: 12 }} className={styles.pad} />;
  return (
    <Table<CustomerRow>
      rowKey="id"
      size="middle"
      columns={shown}
      dataSource={rows}
      loading={loading}
      scroll={{ x: "max-content" }}
      showSorterTooltip={false}
      {...(chosen && {
        rowSelection: {
          selectedRowKeys: chosen,
          preserveSelectedRowKeys: true,
          onChange: (keys) => onChoose(keys.map(Number)),
          getTitleCheckboxProps: () => ({ "aria-label": t("bulk.page") }),
          getCheckboxProps: (row) => ({ "aria-label": t("bulk.one", { name: row.name }) }),
        },
      })}
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
