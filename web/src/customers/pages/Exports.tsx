import { DownloadOutlined, FileProtectOutlined } from "@ant-design/icons";
import { App, Button, Popconfirm, Skeleton, Tag } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { DataTable, type Column } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { problemText } from "@/shared/problem";
import { useExports, useMakeExport, useWithdrawExport, type ExportOut } from "../exportsApi";
import styles from "../components/customers.module.css";
import { DecideDialog, MadeDialog } from "../components/ExportAnswers";
import { toUrl } from "../filters";
import { useChips } from "../useChips";

const OPEN = new Set(["SUBMITTED", "CHECKED", "APPROVED", "MADE"]);
const COLOURS: Record<string, string> = { APPROVED: "success", MADE: "success", REFUSED: "error" };

/** 数据导出: what waits for me, and what may I fetch? */
export function Component() {
  const { t } = useTranslation("customers");
  const me = useMe();
  const found = useExports();
  const [looking, setLooking] = useState<ExportOut | null>(null);
  const [made, setMade] = useState<{ id: number; password: string } | null>(null);
  const may = (right: string) => me.data?.rights.includes(right) ?? false;
  const decides = may("export.approve") || may("export.clear");
  return (
    <>
      <PageTitle question={t("export.question")} />
      {!found.data &&
        (found.error ? (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 8 }} />
        ))}
      {found.data && (
        <div className={styles.stack}>
          {decides && (
            <Panel title={t("export.waiting")} flush>
              <Requests
                rows={found.data.waiting}
                empty="waiting"
                action={(row) => (
                  <Button type="primary" onClick={() => setLooking(row)}>
                    {t("export.look")}
                  </Button>
                )}
              />
            </Panel>
          )}
          {may("export.request") && (
            <Panel title={t("export.mine")} flush>
              <Requests
                rows={found.data.mine}
                empty="mine"
                action={(row) => <OwnActions row={row} onMade={setMade} />}
              />
            </Panel>
          )}
          {decides && found.data.decided.length > 0 && (
            <Panel title={t("export.decided")} flush>
              <Requests rows={found.data.decided} empty="waiting" />
            </Panel>
          )}
        </div>
      )}
      {looking && <DecideDialog asked={looking} onClose={() => setLooking(null)} />}
      {made && <MadeDialog {...made} onClose={() => setMade(null)} />}
    </>
  );
}

interface RequestsProps {
  rows: ExportOut[];
  empty: "mine" | "waiting";
  action?: (row: ExportOut) => ReactNode;
}

function Requests({ rows, empty, action }: RequestsProps) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const words = useChips();
  if (rows.length === 0)
    return (
      <EmptyState
        icon={<FileProtectOutlined />}
        title={t(`export.empty.${empty}.title`)}
        hint={t(`export.empty.${empty}.hint`)}
        action={empty === "mine" && <Link to="/customers">{t("export.toList")}</Link>}
      />
    );
  const columns: Column<ExportOut>[] = [
    {
      key: "purpose",
      title: t("export.purpose"),
      render: (row) => (
        <div className={styles.two}>
          <strong>{row.purpose}</strong>
          <small className={styles.quiet}>
            {t("export.number", { id: row.id })} · {row.requester} · {row.org_name} ·{" "}
            {format.moment(row.asked_at)}
          </small>
        </div>
      ),
    },
    {
      key: "rows",
      title: t("export.what"),
      render: (row) => (
        <div className={styles.two}>
          <span>{t("total", { count: row.rows, number: count(row.rows) })}</span>
          <small className={styles.quiet}>
            {words(toUrl(row.query))
              .map(({ text }) => text)
              .join(t("comma")) || t("export.everybody")}
          </small>
        </div>
      ),
    },
    {
      key: "status",
      title: t("export.state"),
      render: (row) => (
        <div className={styles.two}>
          <span>
            <Tag color={COLOURS[row.status] ?? "default"} variant="filled">
              {t(`export.status.${row.status}`)}
            </Tag>
            {row.plain.length > 0 && <Tag color="warning">{t("export.isPlain")}</Tag>}
          </span>
          <small className={styles.quiet}>{standing(row)}</small>
        </div>
      ),
    },
  ];
  /** What there is to say about where it stands. */
  function standing(row: ExportOut): string {
    if (row.status === "REFUSED") return row.note;
    if (row.rows_changed && row.status === "SUBMITTED") return t("export.rowsChanged");
    if (row.expires_at && (row.status === "APPROVED" || row.status === "MADE"))
      return t("export.until", { at: format.moment(row.expires_at), left: row.downloads_left });
    return [row.checked_by, row.cleared_by].filter(Boolean).join(t("comma"));
  }
  if (action) columns.push({ key: "action", title: "", align: "right", render: action });
  return <DataTable rowKey={(row) => row.id} columns={columns} rows={rows} />;
}

interface OwnProps {
  row: ExportOut;
  onMade: (made: { id: number; password: string }) => void;
}

function OwnActions({ row, onMade }: OwnProps) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const make = useMakeExport();
  const withdraw = useWithdrawExport();
  const fail = (error: unknown) => void message.error(problemText(error, t).title);
  const ready = (row.status === "APPROVED" || row.status === "MADE") && row.downloads_left > 0;
  return (
    <span className={styles.actions}>
      {ready && (
        <Button
          type="primary"
          icon={<DownloadOutlined />}
          loading={make.isPending}
          onClick={() =>
            make.mutate(row.id, {
              onSuccess: ({ password }) =>
                password ? onMade({ id: row.id, password }) : void message.warning(t("export.wentBack"), 6),
              onError: fail,
            })
          }
        >
          {t("export.fetch")}
        </Button>
      )}
      {OPEN.has(row.status) && (
        <Popconfirm
          title={t("export.withdrawSure")}
          onConfirm={() => withdraw.mutate(row.id, { onError: fail })}
        >
          <Button type="text">{t("export.withdraw")}</Button>
        </Popconfirm>
      )}
    </span>
  );
}
