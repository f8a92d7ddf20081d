import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import { usual } from "../versions";
import type { JourneyDetail } from "../types";
import styles from "./journey.module.css";

interface Props {
  journey: JourneyDetail;
  /** Without a number: the one that is shown by itself. */
  onShow: (number: number | undefined) => void;
}

/** What is to be known of the version that is shown: that it is not in force, waits, was refused, is an old one. */
export function Notices({ journey, onShow }: Props) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const { number, waiting, versions, state } = journey;
  const shown = versions.find((version) => version.number === number);
  const force = versions.find((version) => version.in_force);
  const see = (to: number | undefined, text: string) => (
    <Button size="small" onClick={() => onShow(to)}>
      {text}
    </Button>
  );
  return (
    <>
      {state === "PAUSED" && <Alert type="warning" showIcon title={t("journey.notice.paused")} />}
      {shown?.state === "PENDING" && (
        <Alert
          type="warning"
          showIcon
          title={t("journey.notice.pending", {
            number,
            name: shown.made_by,
            at: format.moment(shown.made_at),
          })}
        />
      )}
      {waiting !== null && waiting !== number && (
        <Alert
          type="warning"
          showIcon
          title={t("journey.waiting", { number: waiting })}
          action={see(waiting, t("journey.notice.see"))}
        />
      )}
      {shown?.state === "DRAFT" && (
        <div className={styles.note}>
          {force ? t("journey.notice.draftBeside", { number: force.number }) : t("journey.notice.draft")}
        </div>
      )}
      {shown?.state === "REFUSED" && shown.decided_by && shown.decided_at && (
        <Alert
          type="error"
          showIcon
          title={t("journey.notice.refused", {
            name: shown.decided_by,
            at: format.moment(shown.decided_at),
            reason: shown.reason,
          })}
        />
      )}
      {number !== usual(versions) && shown?.state !== "PENDING" && (
        <div className={styles.note}>
          {t(shown?.in_force ? "journey.notice.force" : "journey.notice.older", { number })}
          {see(undefined, t("journey.notice.newest"))}
        </div>
      )}
    </>
  );
}
