import { CheckCircleFilled } from "@ant-design/icons";
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { RunOut } from "../api";
import { RELEASABLE } from "../codes";
import { useRunReason } from "../useRunReason";
import styles from "./nightly.module.css";
import { RunStatus } from "./RunStatus";

interface Props {
  held: RunOut[];
  latest: RunOut | undefined;
  mayOperate: boolean;
  onOpen: (run: RunOut) => void;
  onRelease: (run: RunOut) => void;
  onRerun: (bizDate: string) => void;
  onQuarantine: (bizDate: string, feed: string) => void;
}

/** Dates that wait for a person, with the reason and the remedy; a calm line when there is none. */
export function HeldDates({ held, latest, mayOperate, onOpen, onRelease, onRerun, onQuarantine }: Props) {
  const { t } = useTranslation("nightly");
  const format = useFormat();
  const reason = useRunReason();
  if (held.length === 0) {
    return latest?.status === "SUCCEEDED" ? (
      <div className={styles.fine}>
        <CheckCircleFilled />
        {t("fine", {
          date: format.date(latest.biz_date),
          time: format.duration(latest.seconds),
          rows: count(latest.rows),
          tasks: count(latest.tasks),
        })}
      </div>
    ) : null;
  }
  return (
    <div className={styles.heldList}>
      {held.map((run) => {
        const why = reason(run);
        return (
          <Alert
            key={run.id}
            type={run.status === "HELD" ? "warning" : "error"}
            title={
              <span className={styles.heldTitle}>
                <strong>{format.date(run.biz_date)}</strong>
                <RunStatus status={run.status} />
                <span>{why.title}</span>
              </span>
            }
            description={
              <div className={styles.heldBody}>
                <span>{why.remedy}</span>
                <span className={styles.actions}>
                  <Button size="small" onClick={() => onOpen(run)}>
                    {t("open")}
                  </Button>
                  {run.quarantined > 0 || run.reason === "tolerance" ? (
                    <Button size="small" onClick={() => onQuarantine(run.biz_date, run.feed)}>
                      {t("seeRows")}
                    </Button>
                  ) : null}
                  {mayOperate && run.status === "HELD" && RELEASABLE.has(run.reason) && (
                    <Button size="small" onClick={() => onRelease(run)}>
                      {t("release.action")}
                    </Button>
                  )}
                  {mayOperate && (
                    <Button size="small" type="primary" onClick={() => onRerun(run.biz_date)}>
                      {t("rerun.action")}
                    </Button>
                  )}
                </span>
              </div>
            }
          />
        );
      })}
    </div>
  );
}
