import { PlusOutlined, SafetyCertificateOutlined } from "@ant-design/icons";
import { Button, Segmented, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DataTable, type Column } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useCases, type CaseRow } from "../api";
import { CaseDrawer } from "../components/CaseDrawer";
import { DueDate } from "../components/DueDate";
import { OpenCaseDialog } from "../components/OpenCaseDialog";
import styles from "../components/privacy.module.css";

const PAGE_SIZE = 30;
const DEFAULTS = { status: "open", page: "1", case: "" };

/** 权利请求: who waits for an answer, and until when. */
export function Component() {
  const { t } = useTranslation("privacy");
  const format = useFormat();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const [asking, setAsking] = useState(false);
  const page = Number(url.page) || 1;
  const found = useCases(url.status, page);
  const columns: Column<CaseRow>[] = [
    {
      key: "customer",
      title: t("cases.customer"),
      render: (row) => (
        <button type="button" className={styles.link} onClick={() => setUrl({ case: String(row.id) })}>
          <span>
            {t(`kind.${row.kind}`)} · {row.name || row.cust_no}
          </span>
          <small>{row.cust_no}</small>
        </button>
      ),
    },
    { key: "due", title: t("cases.due"), render: (row) => <DueDate row={row} /> },
    {
      key: "status",
      title: t("cases.statusColumn"),
      render: (row) => <Tag>{t(`status.${row.status}`)}</Tag>,
    },
    { key: "received", title: t("cases.received"), render: (row) => format.date(row.received_on) },
    { key: "opener", title: t("cases.opener"), render: (row) => row.opened_by },
  ];
  const named = (name: string, number?: number) => (number ? `${name} ${number}` : name);
  return (
    <>
      <PageTitle
        question={t("cases.question")}
        extra={
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAsking(true)}>
            {t("cases.new")}
          </Button>
        }
      />
      <div className={styles.page}>
        <div className={styles.tools}>
          <Segmented
            value={url.status}
            options={[
              { value: "open", label: named(t("cases.open"), found.data?.open) },
              { value: "overdue", label: named(t("cases.overdue"), found.data?.overdue) },
              { value: "closed", label: t("cases.closed") },
            ]}
            onChange={(status) => setUrl({ status, page: undefined })}
          />
        </div>
        {found.error && !found.data && (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        )}
        {found.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
        {found.data && (
          <Panel flush>
            {found.data.total === 0 ? (
              <EmptyState
                icon={<SafetyCertificateOutlined />}
                title={t("cases.emptyTitle")}
                hint={t("cases.emptyHint")}
              />
            ) : (
              <DataTable
                rowKey={(row) => row.id}
                columns={columns}
                rows={found.data.rows}
                pages={{
                  page,
                  pageSize: PAGE_SIZE,
                  total: found.data.total,
                  onPage: (to) => setUrl({ page: String(to) }),
                }}
              />
            )}
          </Panel>
        )}
      </div>
      <CaseDrawer caseId={url.case ? Number(url.case) : null} onClose={() => setUrl({ case: undefined })} />
      {asking && <OpenCaseDialog onClose={() => setAsking(false)} />}
    </>
  );
}
