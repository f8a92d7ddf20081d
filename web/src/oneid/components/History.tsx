import { HistoryOutlined } from "@ant-design/icons";
import { App, Button, Popconfirm, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataTable, type Column } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { problemText } from "@/shared/problem";
import { useDecisions, useRevoke, type Decision } from "../api";
import { PAGE_SIZE } from "../codes";
import styles from "./oneid.module.css";

/** What was decided, by whom and on what grounds; also what was taken back. */
export function History({ page, onPage }: { page: number; onPage: (page: number) => void }) {
  const { t } = useTranslation(["oneid", "shared"]);
  const format = useFormat();
  const { message } = App.useApp();
  const found = useDecisions(page);
  const revoke = useRevoke();
  if (found.error && !found.data)
    return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 10 }} />;
  if (found.data.total === 0)
    return (
      <Panel>
        <EmptyState
          icon={<HistoryOutlined />}
          title={t("empty.history.title")}
          hint={t("empty.history.hint")}
        />
      </Panel>
    );
  const columns: Column<Decision>[] = [
    {
      key: "pair",
      title: t("history.pair"),
      render: (row) => (
        <span className={styles.stack}>
          <span>
            <Link to={`/customers/${row.a_id}`}>{row.a_no}</Link> {row.a_name}
          </span>
          <span>
            <Link to={`/customers/${row.b_id}`}>{row.b_no}</Link> {row.b_name}
          </span>
        </span>
      ),
    },
    { key: "verdict", title: t("history.verdict"), render: (row) => t(`decide.${row.verdict}`) },
    {
      key: "by",
      title: t("history.by"),
      render: (row) => (
        <span className={styles.stack}>
          {row.by}
          {row.checked_by && (
            <small className={styles.quiet}>{t("history.checked", { name: row.checked_by })}</small>
          )}
        </span>
      ),
    },
    { key: "at", title: t("history.when"), render: (row) => format.moment(row.at) },
    { key: "note", title: t("history.note"), render: (row) => row.note || "—" },
    {
      key: "act",
      title: "",
      align: "right",
      render: (row) => {
        if (row.ended_at)
          return (
            <span className={styles.quiet}>
              {t("history.ended", { name: row.ended_by, date: format.moment(row.ended_at) })}
            </span>
          );
        if (row.verdict === "SAME") return null;
        return (
          <Popconfirm
            title={t("history.revokeTitle")}
            description={t("history.revokeHint")}
            okText={t("history.revoke")}
            onConfirm={() =>
              revoke.mutate(row, {
                onSuccess: () => void message.success(t("history.revoked")),
                onError: (error) => void message.error(problemText(error, t).title),
              })
            }
          >
            <Button disabled={revoke.isPending}>{t("history.revoke")}</Button>
          </Popconfirm>
        );
      },
    },
  ];
  return (
    <Panel flush>
      <DataTable
        rowKey={(row) => row.id}
        columns={columns}
        rows={found.data.rows}
        pages={{ page, pageSize: PAGE_SIZE, total: found.data.total, onPage }}
      />
    </Panel>
  );
}
