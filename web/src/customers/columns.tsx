import { Badge, Tag } from "antd";
import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Amount } from "@/shared/components/Amount";
import { Sparkline } from "@/shared/components/Sparkline";
import { StageTag, TierTag } from "@/shared/components/Tags";
import type { useFormat } from "@/shared/hooks/useFormat";
import type { CustomerRow } from "./api";
import styles from "./components/customers.module.css";

interface Shown {
  t: TFunction;
  format: ReturnType<typeof useFormat>;
  banded: boolean;
}

export interface ListColumn {
  /** Its order on the server is of the same name. */
  sorts?: boolean;
  right?: boolean;
  /** Only for those who see several managers' customers. */
  wide?: boolean;
  render: (row: CustomerRow, shown: Shown) => ReactNode;
}

const amount =
  (name: "aum" | "mda" | "qda" | "yda" | "lum") =>
  (row: CustomerRow, { banded }: Shown) => <Amount value={row[name]} banded={banded} />;
const change = (name: "net_month" | "net_year") => (row: CustomerRow) => <Amount value={row[name]} change />;
const day =
  (name: "open_date" | "risk_expiry" | "last_txn" | "last_login") =>
  (row: CustomerRow, { format }: Shown) =>
    row[name] ? format.shortDate(row[name]) : <span className={styles.quiet}>—</span>;

/** Every column that the list can show, in the order in which they are offered. */
export const COLUMNS: Record<string, ListColumn> = {
  name: {
    sorts: true,
    render: (row) => (
      <Link to={`/customers/${row.id}`} className={styles.name} onClick={(event) => event.stopPropagation()}>
        {row.name}
        <small>{row.cust_no}</small>
      </Link>
    ),
  },
  tier: { sorts: true, render: (row) => <TierTag tier={row.tier} /> },
  stage: { render: (row) => <StageTag stage={row.stage} /> },
  tags: {
    render: (row) => (
      <span className={styles.tags}>
        {row.tags.map((tag) => (
          <Tag key={tag.id} variant="filled" className={styles.mark}>
            {tag.name}
          </Tag>
        ))}
      </span>
    ),
  },
  aum: { sorts: true, right: true, render: amount("aum") },
  mda: { sorts: true, right: true, render: amount("mda") },
  net_month: { sorts: true, right: true, render: change("net_month") },
  trend: { render: (row) => <Sparkline values={row.months} width={96} /> },
  manager: {
    wide: true,
    render: (row, { t }) => row.manager?.name ?? <span className={styles.quiet}>{t("customers:pool")}</span>,
  },
  org: { wide: true, render: (row) => row.org_name },
  last_contact: {
    sorts: true,
    render: (row, { t, format }) =>
      row.last_contact ? (
        format.shortDate(row.last_contact)
      ) : (
        <span className={styles.quiet}>{t("customers:never")}</span>
      ),
  },
  tasks: {
    right: true,
    render: (row, { t }) => row.open_tasks > 0 && <Badge status="processing" text={t("customers:open")} />,
  },
  qda: { sorts: true, right: true, render: amount("qda") },
  yda: { sorts: true, right: true, render: amount("yda") },
  net_year: { sorts: true, right: true, render: change("net_year") },
  lum: { sorts: true, right: true, render: amount("lum") },
  categories: { sorts: true, right: true, render: (row) => <span className="num">{row.categories}</span> },
  rfm: { sorts: true, render: (row) => <span className="num">{row.rfm || "—"}</span> },
  age: { sorts: true, right: true, render: (row) => <span className="num">{row.age ?? "—"}</span> },
  open_date: { sorts: true, render: day("open_date") },
  risk_level: { render: (row) => row.risk_level || "—" },
  risk_expiry: { sorts: true, render: day("risk_expiry") },
  last_txn: { sorts: true, render: day("last_txn") },
  last_login: { sorts: true, render: day("last_login") },
  payroll: { render: (row, { t }) => t(row.is_payroll ? "yes" : "no") },
};

const USUAL = "name,tier,stage,tags,aum,mda,net_month,trend,manager,org,last_contact,tasks".split(",");

/** The columns of an address in their order; the customer always comes first. */
export function shownColumns(cols: string, wide: boolean): string[] {
  const chosen = cols ? cols.split(",").filter((name) => name in COLUMNS) : USUAL;
  return ["name", ...chosen.filter((name) => name !== "name" && (wide || !COLUMNS[name]?.wide))];
}
