import { ReloadOutlined, ClockCircleOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useRuns, type RunOut } from "../api";
import { HeldDates } from "../components/HeldDates";
import styles from "../components/nightly.module.css";
import { ReleaseDialog, RerunDialog } from "../components/OperateDialogs";
import { QuarantineDrawer } from "../components/QuarantineDrawer";
import { RunDrawer } from "../components/RunDrawer";
import { RunTable } from "../components/RunTable";

const PAGE_SIZE = 30;
const DEFAULTS = { page: "1", run: "", rows: "", feed: "" };
/** After a rerun was asked for, the worker takes it within seconds: look often for a while. */
const AWAIT_MS = 60_000;

/** 日终: whether the night went well, and what waits for a person. */
export function Component() {
  const { t } = useTranslation("nightly");
  const me = useMe();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const [awaiting, setAwaiting] = useState(false);
  const [releasing, setReleasing] = useState<RunOut | null>(null);
  const [rerunning, setRerunning] = useState<string | null>(null);
  const page = Number(url.page) || 1;
  const found = useRuns(page, awaiting);
  useEffect(() => {
    if (!awaiting) return;
    const timer = setTimeout(() => setAwaiting(false), AWAIT_MS);
    return () => clearTimeout(timer);
  }, [awaiting]);

  const mayOperate = me.data?.rights.includes("nightly.operate") ?? false;
  const open = (run: RunOut) => setUrl({ run: String(run.id) });
  const quarantine = (bizDate: string, feed: string) => setUrl({ rows: bizDate, feed });
  const runs = found.data?.rows ?? [];
  const asked = () => {
    setReleasing(null);
    setRerunning(null);
    setAwaiting(true);
  };
  return (
    <>
      <PageTitle
        question={t("question")}
        asOf={me.data?.freshness.biz_date}
        extra={
          mayOperate && (
            <Button icon={<ReloadOutlined />} onClick={() => setRerunning(found.data?.next_date ?? "")}>
              {t("rerun.open")}
            </Button>
          )
        }
      />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {found.data && (
        <div className={styles.page}>
          <HeldDates
            held={found.data.held}
            latest={page === 1 ? runs[0] : undefined}
            mayOperate={mayOperate}
            onOpen={open}
            onRelease={setReleasing}
            onRerun={setRerunning}
            onQuarantine={quarantine}
          />
          <Panel title={t("runs")} flush>
            {found.data.total === 0 ? (
              <EmptyState icon={<ClockCircleOutlined />} title={t("none.title")} hint={t("none.hint")} />
            ) : (
              <RunTable
                runs={runs}
                pages={{
                  page,
                  pageSize: PAGE_SIZE,
                  total: found.data.total,
                  onPage: (to) => setUrl({ page: String(to) }),
                }}
                onOpen={open}
                onQuarantine={quarantine}
              />
            )}
          </Panel>
        </div>
      )}
      <RunDrawer runId={url.run ? Number(url.run) : null} onClose={() => setUrl({ run: undefined })} />
      <QuarantineDrawer
        key={url.rows}
        bizDate={url.rows}
        feed={url.feed}
        onFeed={(feed) => setUrl({ feed })}
        onClose={() => setUrl({ rows: undefined, feed: undefined })}
      />
      {releasing && <ReleaseDialog run={releasing} onClose={() => setReleasing(null)} onDone={asked} />}
      {rerunning !== null && (
        <RerunDialog bizDate={rerunning} onClose={() => setRerunning(null)} onDone={asked} />
      )}
    </>
  );
}
