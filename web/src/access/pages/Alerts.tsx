import { SafetyCertificateOutlined } from "@ant-design/icons";
import { Button, Input, Modal, Segmented, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DataTable, type Column } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useAcknowledge, useAlerts, type AlertOut } from "../api";
import styles from "../components/access.module.css";

/** 异常提醒: who looks at more of customers than the work needs? */
export function Component() {
  const { t } = useTranslation(["access", "shared"]);
  const format = useFormat();
  const [url, setUrl] = useUrlState({ done: "" });
  const done = url.done === "true";
  const found = useAlerts(done);
  const [answering, setAnswering] = useState<AlertOut | null>(null);
  const columns: Column<AlertOut>[] = [
    {
      key: "what",
      title: t("alert.what"),
      render: (row) => (
        <div className={styles.two}>
          <strong>{t(`alert.kind.${row.kind}`)}</strong>
          <small className={styles.quiet}>{t(`alert.said.${row.kind}`, { count: row.count })}</small>
        </div>
      ),
    },
    {
      key: "who",
      title: t("alert.who"),
      render: (row) => (
        <div className={styles.two}>
          <span>
            {row.user} {row.emp_no}
          </span>
          <small className={styles.quiet}>
            {t(`shared:role.${row.role}`)} · {row.org}
          </small>
        </div>
      ),
    },
    {
      key: "when",
      title: t("alert.when"),
      render: (row) => t("alert.span", { from: format.moment(row.first_at), to: format.moment(row.last_at) }),
    },
    {
      key: "answer",
      title: t("alert.answer"),
      render: (row) =>
        row.may_acknowledge ? (
          <Button onClick={() => setAnswering(row)}>{t("alert.acknowledge")}</Button>
        ) : row.acknowledged_at ? (
          <div className={styles.two}>
            <span>{row.note}</span>
            <small className={styles.quiet}>
              {row.acknowledged_by} · {format.moment(row.acknowledged_at)}
            </small>
          </div>
        ) : (
          <span className={styles.quiet}>{t("alert.open")}</span>
        ),
    },
  ];
  return (
    <>
      <PageTitle
        question={t("alert.question")}
        extra={
          <Segmented
            value={done}
            onChange={(to) => setUrl({ done: to ? "true" : undefined })}
            options={[
              { value: false, label: t("alert.openCount", { count: found.data?.open ?? 0 }) },
              { value: true, label: t("alert.done") },
            ]}
          />
        }
      />
      <Panel flush>
        {!found.data ? (
          found.error ? (
            <ProblemView error={found.error} onRetry={() => void found.refetch()} />
          ) : (
            <Skeleton active className={styles.pad} paragraph={{ rows: 6 }} />
          )
        ) : found.data.rows.length === 0 ? (
          <EmptyState
            icon={<SafetyCertificateOutlined />}
            title={t(done ? "alert.empty.done" : "alert.empty.open")}
            hint={t("alert.empty.hint")}
          />
        ) : (
          <DataTable rowKey={(row) => row.id} columns={columns} rows={found.data.rows} />
        )}
      </Panel>
      {answering && <AnswerDialog alert={answering} onClose={() => setAnswering(null)} />}
    </>
  );
}

function AnswerDialog({ alert, onClose }: { alert: AlertOut; onClose: () => void }) {
  const { t } = useTranslation("access");
  const [note, setNote] = useState("");
  const acknowledge = useAcknowledge();
  return (
    <Modal
      open
      title={t("alert.acknowledge")}
      onCancel={onClose}
      onOk={() => acknowledge.mutate({ id: alert.id, note }, { onSuccess: onClose })}
      okButtonProps={{ disabled: !note.trim() }}
      confirmLoading={acknowledge.isPending}
    >
      <div className={styles.two}>
        <span>
          {alert.user} · {t(`alert.said.${alert.kind}`, { count: alert.count })}
        </span>
        <Input.TextArea
          autoFocus
          rows={3}
          maxLength={200}
          aria-label={t("alert.note")}
          placeholder={t("alert.note")}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        {acknowledge.error && <ProblemView error={acknowledge.error} />}
      </div>
    </Modal>
  );
}
