import { Pagination, Table, type TableColumnType } from "antd";
import type { Key, ReactNode } from "react";
import { useScreen } from "../hooks/useScreen";
import styles from "./dataTable.module.css";

export interface Pages {
  page: number;
  total: number;
  pageSize: number;
  onPage: (page: number) => void;
}

export interface Column<Row> extends Omit<TableColumnType<Row>, "render" | "title" | "key" | "sorter"> {
  key: string;
  title: ReactNode;
  render: (row: Row) => ReactNode;
  sorter?: (a: Row, b: Row) => number;
  /** On a phone's card it takes the whole width. */
  wide?: boolean; // antd leaves what it does not know alone
}

interface Props<Row> {
  rowKey: (row: Row) => Key;
  /** The first names the row. */
  columns: Column<Row>[];
  rows: Row[];
  pages?: Pages;
}

/** A table; on a phone, where it would have to be moved sideways, a card for each row with its figures named. */
export function DataTable<Row extends object>({ rowKey, columns, rows, pages }: Props<Row>) {
  const { phone } = useScreen();
  if (phone) return <Cards rowKey={rowKey} columns={columns} rows={rows} pages={pages} />;
  return (
    <Table
      rowKey={rowKey}
      size="middle"
      columns={columns.map(({ render, ...column }) => ({
        ...column,
        render: (_: unknown, row: Row) => render(row),
      }))}
      dataSource={rows}
      showSorterTooltip={false}
      scroll={{ x: "max-content" }}
      pagination={
        pages !== undefined &&
        pages.total > pages.pageSize && {
          current: pages.page,
          pageSize: pages.pageSize,
          total: pages.total,
          showSizeChanger: false,
          onChange: pages.onPage,
        }
      }
    />
  );
}

function Cards<Row extends object>({ rowKey, columns: [name, ...figures], rows, pages }: Props<Row>) {
  const sorted = figures.find(({ defaultSortOrder }) => defaultSortOrder === "descend")?.sorter;
  const ordered = sorted ? rows.toSorted((a, b) => sorted(b, a)) : rows;
  return (
    <>
      <ul className={styles.cards}>
        {ordered.map((row) => (
          <li key={rowKey(row)}>
            <div className={styles.name}>{name?.render(row)}</div>
            <dl>
              {figures.map(({ key, title, render, wide }) => (
                <div key={key} className={wide ? styles.wide : undefined}>
                  <dt>{title}</dt>
                  <dd>{render(row)}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
      {pages !== undefined && pages.total > pages.pageSize && (
        <Pagination
          className={styles.pages}
          simple
          current={pages.page}
          pageSize={pages.pageSize}
          total={pages.total}
          showSizeChanger={false}
          onChange={pages.onPage}
        />
      )}
    </>
  );
}
