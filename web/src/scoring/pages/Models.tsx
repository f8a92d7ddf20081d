import { ExperimentOutlined } from "@ant-design/icons";
import { Alert, Button, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { type ModelOut, useModels, useTrainings } from "../api";
import { ModelActs, TrainForm } from "../components/ModelActs";
import { ModelStatus } from "../components/ModelStatus";
import { MonitoringPanel } from "../components/MonitoringPanel";
import styles from "../components/scoring.module.css";

const KIND = "churn";

/** 模型管理: which model the nights use, whether it is still good, and what waits for a decision. */
export function Component() {
  const { t } = useTranslation("scoring");
  const rights = useMe().data?.rights ?? [];
  const [training, setTraining] = useState(false);
  const found = useModels();
  const mayTrain = rights.includes("model.train");
  return (
    <>
      <PageTitle
        question={t("models.question")}
        extra={
          mayTrain && (
            <Button type="primary" icon={<ExperimentOutlined />} onClick={() => setTraining(true)}>
              {t("train.open")}
            </Button>
          )
        }
      />
      <div className={styles.page}>
        <Trainings />
        <Panel title={t("models.list")} flush>
          {!found.data &&
            (found.error ? (
              <ProblemView error={found.error} onRetry={() => void found.refetch()} />
            ) : (
              <Skeleton active paragraph={{ rows: 4 }} />
            ))}
          {found.data?.length === 0 && (
            <EmptyState
              icon={<ExperimentOutlined />}
              title={t("models.none.title")}
              hint={t(mayTrain ? "models.none.hintTrain" : "models.none.hint")}
            />
          )}
          {found.data && found.data.length > 0 && (
            <Table rows={found.data} mayDecide={rights.includes("model.approve")} />
          )}
        </Panel>
        <MonitoringPanel kind={KIND} />
      </div>
      {training && <TrainForm kind={KIND} onClose={() => setTraining(false)} />}
    </>
  );
}

function Table({ rows, mayDecide }: { rows: ModelOut[]; mayDecide: boolean }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const columns: Column<ModelOut>[] = [
    {
      key: "name",
      title: t("models.model"),
      render: ({ kind, number, note }) => (
        <span className={styles.stack}>
          <Link to={`/models/${kind}/${number}`}>
            {t("models.name", { kind: t(`kind.${kind}`), number })}
          </Link>
          {note && <small>{note}</small>}
        </span>
      ),
    },
    { key: "status", title: t("models.status"), render: ({ status }) => <ModelStatus status={status} /> },
    {
      key: "tested",
      title: t("models.tested"),
      render: ({ window }) => format.month(window.tested_on.slice(0, 7)),
    },
    { key: "auc", title: t("metric.auc"), align: "right", render: ({ auc }) => auc.toFixed(3) },
    {
      key: "top",
      title: t("metric.precision_top"),
      align: "right",
      render: ({ precision_top }) => percent(precision_top, 0),
    },
    {
      key: "weeks",
      title: t("models.weeks"),
      align: "right",
      render: ({ weeks_of_warning }) => weeks_of_warning?.toFixed(1) ?? "—",
    },
    {
      key: "who",
      title: t("models.people"),
      wide: true,
      render: (row) => (
        <span className={styles.stack}>
          <small>{t("models.trainedBy", { name: row.trained_by, at: format.moment(row.trained_at) })}</small>
          {row.released_by && row.released_at && (
            <small>
              {t("models.releasedBy", { name: row.released_by, at: format.moment(row.released_at) })}
            </small>
          )}
          {row.reason && <small>{t("models.rolledBack", { reason: row.reason })}</small>}
        </span>
      ),
    },
    { key: "act", title: "", render: (row) => <ModelActs model={row} mayDecide={mayDecide} /> },
  ];
  return <DataTable rowKey={({ kind, number }) => `${kind}-${number}`} columns={columns} rows={rows} />;
}

/** What was asked for and has not ended, and how the last one ended if it failed. */
function Trainings() {
  const { t } = useTranslation(["scoring", "shared"]);
  const format = useFormat();
  const newest = useTrainings().data?.[0];
  if (!newest || newest.status === "DONE") return null;
  const failed = newest.status === "FAILED";
  const say = { name: newest.asked_by, at: format.moment(newest.asked_at) };
  return (
    <Alert
      type={failed ? "error" : "info"}
      showIcon
      title={
        <>
          {t("train.asked", say)} <Tag>{t(`training.${newest.status}`)}</Tag>
        </>
      }
      description={
        failed &&
        `${t(`shared:problem.${newest.code}.title`, { defaultValue: newest.code })} · ${t(`shared:problem.${newest.code}.remedy`, { defaultValue: "" })}`
      }
    />
  );
}
