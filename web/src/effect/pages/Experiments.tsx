import { ExperimentOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useExperiments } from "../api";
import styles from "../components/effect.module.css";
import { Status } from "../components/Status";
import { useWords } from "../useWords";

/** 效果评估: which care was put to the test, and what it showed. */
export function Component() {
  const { t } = useTranslation("effect");
  const format = useFormat();
  const words = useWords();
  const me = useMe();
  const found = useExperiments();
  const plan = me.data?.rights.includes("effect.make") && (
    <Link to="/effect/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {t("new")}
      </Button>
    </Link>
  );
  return (
    <>
      <PageTitle question={t("question")} asOf={me.data?.freshness.biz_date} extra={plan} />
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {found.data && (
        <Panel flush>
          {found.data.length === 0 ? (
            <EmptyState icon={<ExperimentOutlined />} title={t("none")} hint={t("noneHint")} action={plan} />
          ) : (
            <DataTable
              rowKey={({ id }) => id}
              rows={found.data}
              columns={[
                {
                  key: "name",
                  title: t("list.name"),
                  render: (row) => (
                    <span className={styles.stack}>
                      <Link to={`/effect/${row.id}`}>{row.name}</Link>
                      <small>{words.scope(row)}</small>
                    </span>
                  ),
                },
                { key: "status", title: t("list.status"), render: (row) => <Status status={row.status} /> },
                {
                  key: "members",
                  title: t("list.members"),
                  align: "right",
                  render: ({ report, planned, share }) => (
                    <span className={styles.figure}>
                      {t("list.of", {
                        drawn: count(report ? report.care.customers + report.held_out.customers : 0),
                        planned: count(planned),
                        share,
                      })}
                    </span>
                  ),
                },
                {
                  key: "verdict",
                  title: t("list.verdict"),
                  wide: true,
                  render: (row) => (
                    <span className={styles.stack}>
                      <span className={styles.wraps}>{words.sentence(row)}</span>
                      {row.as_of && <small>{t("list.asOf", { date: format.date(row.as_of) })}</small>}
                    </span>
                  ),
                },
                {
                  key: "until",
                  title: t("list.until"),
                  render: ({ ended_on, ends_on }) => {
                    const day = ended_on ?? ends_on;
                    return day ? format.shortDate(day) : "—";
                  },
                },
              ]}
            />
          )}
        </Panel>
      )}
    </>
  );
}
