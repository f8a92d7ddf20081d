import { SplitCellsOutlined } from "@ant-design/icons";
import { App, Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataTable, type Column } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { problemText } from "@/shared/problem";
import { useCheckSplit, useSplits, type Split } from "../api";
import { NoteDialog } from "./NoteDialog";
import styles from "./oneid.module.css";

const SHORTEST = 4;

/** Requests to take a number out of a person; who asked does not check. */
export function Splits() {
  const { t } = useTranslation(["oneid", "shared"]);
  const format = useFormat();
  const { message } = App.useApp();
  const [refusing, setRefusing] = useState<Split | null>(null);
  const found = useSplits();
  const check = useCheckSplit();
  if (found.error && !found.data)
    return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 6 }} />;
  if (found.data.length === 0)
    return (
      <Panel>
        <EmptyState
          icon={<SplitCellsOutlined />}
          title={t("empty.splits.title")}
          hint={t("empty.splits.hint")}
        />
      </Panel>
    );
  const columns: Column<Split>[] = [
    {
      key: "customer",
      title: t("split.customer"),
      render: (row) => (
        <span className={styles.stack}>
          <Link to={`/customers/${row.customer_id}`}>{row.name}</Link>
          <small className={styles.quiet}>{row.cust_no}</small>
        </span>
      ),
    },
    { key: "org", title: t("org"), render: (row) => row.org_name },
    {
      key: "from",
      title: t("split.from"),
      render: (row) => (
        <span className={styles.stack}>
          {row.others.map((other) => (
            <span key={other.customer_id}>
              <Link to={`/customers/${other.customer_id}`}>{other.cust_no}</Link>{" "}
              <small className={styles.quiet}>{t(`rule.${other.rule}`)}</small>
            </span>
          ))}
        </span>
      ),
    },
    { key: "why", title: t("split.why"), render: (row) => row.note },
    {
      key: "by",
      title: t("split.by"),
      render: (row) => (
        <span className={styles.stack}>
          {row.asked_by}
          <small className={styles.quiet}>{format.moment(row.asked_at)}</small>
        </span>
      ),
    },
    {
      key: "act",
      title: "",
      align: "right",
      render: (row) =>
        row.mine ? (
          <span className={styles.quiet}>{t("split.mine")}</span>
        ) : (
          <span className={styles.value}>
            <Button
              type="primary"
              disabled={check.isPending}
              onClick={() =>
                check.mutate(
                  { split: row, approve: true, answer: "" },
                  {
                    onSuccess: () => void message.success(t("split.approved")),
                    onError: (error) => void message.error(problemText(error, t).title),
                  },
                )
              }
            >
              {t("split.approve")}
            </Button>
            <Button
              type="text"
              onClick={() => {
                check.reset();
                setRefusing(row);
              }}
            >
              {t("split.refuse")}
            </Button>
          </span>
        ),
    },
  ];
  return (
    <Panel flush>
      <DataTable rowKey={(row) => row.id} columns={columns} rows={found.data} />
      {refusing && (
        <NoteDialog
          title={t("split.refuseTitle")}
          hint={refusing.note}
          label={t("split.answer")}
          ok={t("split.refuse")}
          least={SHORTEST}
          pending={check.isPending}
          error={check.error}
          onClose={() => setRefusing(null)}
          onOk={(answer) =>
            check.mutate(
              { split: refusing, approve: false, answer },
              {
                onSuccess: () => {
                  setRefusing(null);
                  void message.success(t("split.refused"));
                },
              },
            )
          }
        />
      )}
    </Panel>
  );
}
