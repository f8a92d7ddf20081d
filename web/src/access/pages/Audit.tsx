import { AuditOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/app/client";
import { DataTable, type Column } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { auditReason } from "../auditWords";
import { useAudit, useMe, type AuditFilter } from "../api";
import { AuditFilters } from "../components/AuditFilters";
import styles from "../components/audit.module.css";

type Entry = Schemas["AuditOut"];
const NOTHING: AuditFilter = { since: "", until: "", who: "", action: "", object: "", address: "" };

/** 审计: who looked at what, and did what. */
export function Component() {
  const { t } = useTranslation(["access", "shared"]);
  const format = useFormat();
  const me = useMe();
  const [filter, setFilter] = useUrlState<keyof AuditFilter>({ ...NOTHING });
  const found = useAudit(filter);
  const rows = found.data?.pages.flatMap((page) => page.rows) ?? [];
  const readsCustomers = me.data?.rights.includes("customer.read") ?? false;

  const object = ({ object_type: type, object_id: id }: Entry) => {
    const [number = "", field] = type === "customer" ? id.split(".") : [id];
    const text = [t(`audit.object.${type}`, { defaultValue: type }), number].filter(Boolean).join(" ");
    const name =
      type === "customer" && readsCustomers ? <Link to={`/customers/${number}`}>{text}</Link> : text;
    return (
      <>
        {name}
        {field && ` · ${t(`audit.field.${field}`, { defaultValue: field })}`}
      </>
    );
  };
  const columns: Column<Entry>[] = [
    { key: "at", title: t("audit.column.at"), render: ({ at }) => <time>{format.moment(at)}</time> },
    {
      key: "who",
      title: t("audit.column.who"),
      render: ({ user, emp_no, org }) => (
        <span className={styles.who}>
          {user || t("audit.nobody")}
          {emp_no && <small>{`${emp_no} · ${org}`}</small>}
        </span>
      ),
    },
    {
      key: "action",
      title: t("audit.column.action"),
      render: ({ action }) => t(`audit.action.${action}`, { defaultValue: action }),
    },
    { key: "object", title: t("audit.column.object"), render: object },
    {
      key: "reason",
      title: t("audit.column.reason"),
      render: ({ action, reason }) =>
        reason ? <span className={styles.reason}>{auditReason(t, action, reason)}</span> : "—",
    },
    { key: "address", title: t("audit.column.address"), render: ({ address }) => address ?? "—" },
  ];
  return (
    <>
      <PageTitle question={t("audit.question")} />
      <p className={styles.hint}>{t("audit.hint")}</p>
      <Panel flush>
        <AuditFilters filter={filter} actions={found.data?.pages[0]?.actions ?? []} onChange={setFilter} />
        {found.error && !found.data && (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        )}
        {found.isPending && <Skeleton className={styles.pad} active paragraph={{ rows: 10 }} />}
        {found.data && rows.length === 0 && (
          <EmptyState icon={<AuditOutlined />} title={t("audit.none.title")} hint={t("audit.none.hint")} />
        )}
        {rows.length > 0 && <DataTable rowKey={({ id }) => id} columns={columns} rows={rows} />}
        {found.hasNextPage && (
          <div className={styles.more}>
            <Button loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {t("audit.older")}
            </Button>
          </div>
        )}
      </Panel>
    </>
  );
}
