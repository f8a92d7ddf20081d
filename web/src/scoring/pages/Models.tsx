import { ExperimentOutlined } from "@ant-design/icons";
import { Alert, Button, Segmented, Skeleton, Tag } from "antd";
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
import { KINDS } from "../codes";
import { ModelStatus } from "../components/ModelStatus";
import { MonitoringPanel } from "../components/MonitoringPanel";
import styles from "../components/scoring.module.css";

/** 模型管理: which model the nights use, whether it is still good, and what waits for a decision. */
export function Component() {
  const { t } = useTranslation("scoring");
  const rights = useMe().data?.rights ?? [];
  const [training, setTraining] = useState(false);
  const [kind, setKind] = useState<(typeof KINDS)[number]>("churn");
  const found = useModels();
  const rows = found.data?.filter((model) => model.kind === kind);
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
        <Segmented
          aria-label={t("models.which")}
          value={kind}
          onChange={setKind}
          options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        <Trainings />
        <Panel title={t("models.list")} flush>
          {!found.data &&
            (found.error ? (
              <ProblemView error={found.error} onRetry={() => void found.refetch()} />
            ) : (
              <Skeleton active paragraph={{ rows: 4 }} />
            ))}
          {rows?.length === 0 && (
            <EmptyState
              icon={<ExperimentOutlined />}
              title={t("models.none.title")}
              hint={t(
                !mayTrain
                  ? "models.none.hint"
                  : kind === "text"
                    ? "models.none.hintText"
                    : "models.none.hintTrain",
              )}
            />
          )}
          {rows && rows.length > 0 && (
            <Table kind={kind} rows={rows} mayDecide={rights.includes("model.approve")} />
          )}
        </Panel>
        <MonitoringPanel kind={kind} />
      </div>
      {training && <TrainForm kind={kind} onClose={() => setTraining(false)} />}
    </>
  );
}

/** The figures by which a model of a kind is known at a glance. */
function useFigures(kind: string): Column<ModelOut>[] {
  const { t } = useTranslation("scoring");
  const auc: Column<ModelOut> = {
    key: "auc",
    title: t("metric.auc"),
    align: "right",
    render: ({ auc }) => auc?.toFixed(3) ?? "—",
  };
  if (kind === "value")
    return [
      {
        key: "coverage",
        title: t("metric.coverage"),
        align: "right",
        render: ({ coverage }) => percent(coverage ?? NaN),
      },
    ];
  if (kind === "text")
    return [
      auc,
      {
        key: "topic",
        title: t("metric.topic"),
        align: "right",
        render: ({ topic }) => percent(topic ?? NaN, 0),
      },
      { key: "tone", title: t("metric.tone"), align: "right", render: ({ tone }) => percent(tone ?? NaN, 0) },
    ];
  if (kind === "product")
    return [
      auc,
      { key: "offered", title: t("metric.offered"), align: "right", render: ({ offered }) => offered },
    ];
  return [
    auc,
    {
      key: "top",
      title: t("metric.precision_top"),
      align: "right",
      render: ({ precision_top }) => percent(precision_top ?? NaN, 0),
    },
    {
      key: "weeks",
      title: t("models.weeks"),
      align: "right",
      render: ({ weeks_of_warning }) => weeks_of_warning?.toFixed(1) ?? "—",
    },
  ];
}

function Table({ kind, rows, mayDecide }: { kind: string; rows: ModelOut[]; mayDecide: boolean }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const figures = useFigures(kind);
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
    { key: "status", title: t("models.status"), render: (model) => <ModelStatus model={model} /> },
    ...(kind === "text"
      ? []
      : [
          {
            key: "tested",
            title: t("models.tested"),
            render: ({ window }: ModelOut) => format.month(window.tested_on.slice(0, 7)),
          },
        ]),
    ...figures,
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
          {row.reason && (
            <small>
              {t(row.released_at ? "models.rolledBack" : "models.setAside", { reason: row.reason })}
            </small>
          )}
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
