import { Collapse, Drawer, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { useRun, type RunOut } from "../api";
import { useRunReason } from "../useRunReason";
import styles from "./nightly.module.css";
import { RunStatus } from "./RunStatus";
import { StepList } from "./StepBars";

function Body({ run }: { run: RunOut }) {
  const { t } = useTranslation(["nightly", "care"]);
  const format = useFormat();
  const reason = useRunReason();
  const why = run.reason || run.message ? reason(run) : null;
  const events = Object.entries(run.events).sort(([, a], [, b]) => b - a);
  return (
    <div className={styles.run}>
      <div className={styles.heldTitle}>
        <RunStatus status={run.status} />
        <span className={styles.quiet}>
          {format.moment(run.started_at)} · {format.duration(run.seconds)} ·{" "}
          {run.by ?? t(`trigger.${run.trigger}`)}
        </span>
      </div>
      {why && (
        <div>
          <strong>{why.title}</strong>
          <div>{why.remedy}</div>
        </div>
      )}
      <section>
        <h3>{t("steps")}</h3>
        <StepList run={run} />
      </section>
      {events.length > 0 && (
        <section>
          <h3>{t("events")}</h3>
          <ul className={styles.events}>
            {events.map(([type, number]) => (
              <li key={type}>
                <span>{t(`care:event.${type}`, { defaultValue: type })}</span>
                <span className="num">{count(number)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {run.message && (
        <Collapse
          size="small"
          items={[
            {
              key: "raw",
              label: t("technical"),
              children: (
                <div lang="en" className={styles.raw}>
                  <p>{run.message}</p>
                  <p>{run.remedy}</p>
                </div>
              ),
            },
          ]}
        />
      )}
    </div>
  );
}

/** One run: its steps with their seconds, what it found, why it stopped. */
export function RunDrawer({ runId, onClose }: { runId: number | null; onClose: () => void }) {
  const { t } = useTranslation("nightly");
  const format = useFormat();
  const { phone } = useScreen();
  const found = useRun(runId);
  return (
    <Drawer
      open={runId !== null}
      onClose={onClose}
      placement={phone ? "bottom" : "right"}
      size={phone ? "92dvh" : 520}
      title={found.data ? t("runOf", { date: format.date(found.data.biz_date) }) : t("run")}
    >
      {found.data ? (
        <Body run={found.data} />
      ) : found.error ? (
        <ProblemView error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton active paragraph={{ rows: 8 }} />
      )}
    </Drawer>
  );
}
