import { BranchesOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import page from "../components/outreach.module.css";
import { useJourneys } from "../journeys/api";
import styles from "../journeys/components/journey.module.css";
import { State } from "../journeys/components/State";
import type { Journey } from "../journeys/types";
import { ReadyCards } from "../ready/components/ReadyCards";

/** 客户旅程: which run, and what they bring. */
export function Component() {
  const { t } = useTranslation("outreach");
  const me = useMe();
  const found = useJourneys();
  const whole = me.data?.rights.includes("template.write") && me.data.role === "HQ_OPS";
  const make = whole && (
    <Link to="/journeys/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {t("journey.new")}
      </Button>
    </Link>
  );
  return (
    <>
      <PageTitle question={t("journey.question")} extra={make} />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {found.data && (
        <div className={page.page}>
          <Panel flush>
            {found.data.length === 0 ? (
              <EmptyState
                icon={<BranchesOutlined />}
                title={t("journey.none")}
                hint={whole ? `${t("journey.noneHint")} ${t("ready.invite")}` : t("journey.noneOthers")}
                action={make}
              />
            ) : (
              <Rows rows={found.data} />
            )}
          </Panel>
          <ReadyCards kind="JOURNEY" />
        </div>
      )}
    </>
  );
}

function Rows({ rows }: { rows: Journey[] }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      columns={[
        {
          key: "name",
          title: t("journey.name"),
          render: (row) => (
            <span className={`${styles.stack} ${styles.wraps}`}>
              <Link to={`/journeys/${row.id}`}>{row.name}</Link>
              <small>{row.trigger}</small>
            </span>
          ),
        },
        {
          key: "state",
          title: t("messages.state"),
          render: (row) => (
            <span className={styles.tools}>
              <State journey={row} />
            </span>
          ),
        },
        {
          key: "inside",
          title: t("journey.inside"),
          align: "right",
          render: (row) => <span className={styles.figure}>{count(row.inside)}</span>,
        },
        {
          key: "entered",
          title: t("journey.entered"),
          align: "right",
          render: (row) => <span className={styles.figure}>{count(row.entered)}</span>,
        },
        {
          key: "reached",
          title: t("journey.reached"),
          align: "right",
          render: (row) =>
            row.has_goal ? (
              <span className={`${styles.stack} ${styles.right} ${styles.figure}`}>
                {count(row.reached)}
                {row.entered > 0 && (
                  <small>{t("journey.reachedOf", { share: percent(row.reached / row.entered) })}</small>
                )}
              </span>
            ) : (
              <span className={styles.quiet}>{t("journey.noGoalYet")}</span>
            ),
        },
        {
          key: "by",
          title: t("journey.by"),
          render: (row) => (
            <span className={styles.stack}>
              {row.made_by}
              <small>{format.moment(row.made_at)}</small>
            </span>
          ),
        },
      ]}
    />
  );
}
