import { Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { Amount } from "@/shared/components/Amount";
import { daysBetween } from "@/shared/format/dates";
import { percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "./profile.module.css";

interface Props<Row> {
  rows: Row[];
  day: string;
  banded: boolean;
}

const SOON = 30;

/** A maturity, and how many days are left when it is near. */
function Maturity({ on, day }: { on: string | null; day: string }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  if (!on) return <span className={styles.quiet}>—</span>;
  const left = daysBetween(day, on);
  const soon = left >= 0 && left <= SOON;
  return (
    <span className={soon ? styles.soon : undefined}>
      {format.shortDate(on, day)}
      {soon && <small> {t("inDays", { count: left })}</small>}
    </span>
  );
}

function useColumns(banded: boolean) {
  const { t } = useTranslation("customers");
  const money = (ccy: string | undefined, value: string | null) => (
    <>
      {ccy && ccy !== "CNY" && <small className={styles.quiet}>{ccy} </small>}
      <Amount value={value} banded={banded && value !== null} />
    </>
  );
  return { t, money };
}

const TABLE = { size: "small", pagination: false, scroll: { x: "max-content" } } as const;

export function Accounts({ rows, day, banded }: Props<Schemas["AccountOut"]>) {
  const { t, money } = useColumns(banded);
  const columns: TableColumnsType<Schemas["AccountOut"]> = [
    {
      title: t("column.account"),
      render: (_, row) => (
        <span className={styles.stack}>
          {row.subject ?? t(`kind.${row.category}`, { defaultValue: row.category })}
          <small>{row.acct_masked}</small>
        </span>
      ),
    },
    { title: t("column.balance"), align: "right", render: (_, row) => money(row.ccy, row.balance) },
    { title: t("column.rate"), align: "right", render: (_, row) => row.rate && percent(Number(row.rate), 2) },
    {
      title: t("column.maturity"),
      render: (_, row) => (
        <span className={styles.stack}>
          <Maturity on={row.maturity} day={day} />
          {row.maturity && row.auto_renew !== null && (
            <small>{t(row.auto_renew ? "autoRenew" : "noRenew")}</small>
          )}
        </span>
      ),
    },
    {
      title: t("column.status"),
      render: (_, row) => (
        <span className={row.status === "NORMAL" ? styles.quiet : undefined}>
          {t(`status.${row.status}`)}
        </span>
      ),
    },
  ];
  return (
    <Table
      {...TABLE}
      rowKey={(row) => row.acct_masked + row.category + row.open_date}
      columns={columns}
      dataSource={rows}
    />
  );
}

export function Products({ rows, day, banded }: Props<Schemas["HoldingOut"]>) {
  const { t, money } = useColumns(banded);
  const columns: TableColumnsType<Schemas["HoldingOut"]> = [
    {
      title: t("column.product"),
      render: (_, row) => (
        <span className={styles.stack}>
          {row.name}
          <small>{[t(`kind.${row.category}`), row.risk_level].filter(Boolean).join(" · ")}</small>
        </span>
      ),
    },
    { title: t("column.marketValue"), align: "right", render: (_, row) => money(row.ccy, row.market_value) },
    {
      title: t("column.profit"),
      align: "right",
      render: (_, row) =>
        row.cost && Number(row.cost) > 0 && !banded ? (
          <Amount value={Number(row.market_value) - Number(row.cost)} change />
        ) : (
          <span className={styles.quiet}>—</span>
        ),
    },
    { title: t("column.maturity"), render: (_, row) => <Maturity on={row.maturity} day={day} /> },
  ];
  return (
    <Table
      {...TABLE}
      rowKey={(row) => row.prod_code + row.maturity + row.market_value}
      columns={columns}
      dataSource={rows}
    />
  );
}

export function Loans({ rows, day, banded }: Props<Schemas["LoanOut"]>) {
  const { t, money } = useColumns(banded);
  const columns: TableColumnsType<Schemas["LoanOut"]> = [
    {
      title: t("column.loan"),
      render: (_, row) => (
        <span className={styles.stack}>
          {t(`loan.${row.kind}`)}
          <small>{row.loan_masked}</small>
        </span>
      ),
    },
    { title: t("column.balance"), align: "right", render: (_, row) => money(row.ccy, row.balance) },
    { title: t("column.rate"), align: "right", render: (_, row) => row.rate && percent(Number(row.rate), 2) },
    { title: t("column.due"), render: (_, row) => <Maturity on={row.due_date} day={day} /> },
    {
      title: t("column.pastDue"),
      render: (_, row) =>
        row.days_past_due ? (
          <span className={styles.risk}>{t("pastDue", { count: row.days_past_due })}</span>
        ) : (
          <span className={styles.quiet}>{t("onTime")}</span>
        ),
    },
  ];
  return (
    <Table {...TABLE} rowKey={(row) => row.loan_masked + row.balance} columns={columns} dataSource={rows} />
  );
}

export function Cards({ rows, day, banded }: Props<Schemas["CardOut"]>) {
  const { t, money } = useColumns(banded);
  const columns: TableColumnsType<Schemas["CardOut"]> = [
    {
      title: t("column.card"),
      render: (_, row) => (
        <span className={styles.stack}>
          {t(`card.${row.kind}`)}
          <small>{row.card_masked}</small>
        </span>
      ),
    },
    { title: t("column.receivable"), align: "right", render: (_, row) => money(undefined, row.balance) },
    { title: t("column.limit"), align: "right", render: (_, row) => money(undefined, row.credit_limit) },
    { title: t("column.expiry"), render: (_, row) => <Maturity on={row.expiry} day={day} /> },
    { title: t("column.status"), render: (_, row) => t(`status.${row.status}`) },
  ];
  return (
    <Table {...TABLE} rowKey={(row) => row.card_masked + row.kind} columns={columns} dataSource={rows} />
  );
}
