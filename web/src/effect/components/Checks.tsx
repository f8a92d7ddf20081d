import { CheckCircleFilled, InfoCircleOutlined, WarningFilled } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count } from "@/shared/format/numbers";
import type { Detail, Report } from "../api";
import styles from "./effect.module.css";

interface Props {
  experiment: Detail;
  report: Report;
}

/** Whether the figures may be believed: sizes as drawn, alike before, nobody contacted, drawn by the seed told beforehand. */
export function Checks({ experiment, report }: Props) {
  const { t } = useTranslation("effect");
  const { held_out, care } = report;
  const p = report.ratio_p.toFixed(3);
  const worst = Math.max(...Object.values(report.unlike).map(Math.abs)).toFixed(2);
  const drawn = care.customers + held_out.customers;
  return (
    <Panel title={t("checks.title")}>
      <ul className={styles.checks}>
        <Line good={!report.ratio_alarm} hint={t("checks.ratioHint", { p })}>
          {t(report.ratio_alarm ? "checks.ratioAlarm" : "checks.ratio", {
            care: count(care.customers),
            held: count(held_out.customers),
            share: experiment.share,
          })}
        </Line>
        <Line
          good={!report.unlike_alarm}
          hint={t("checks.alikeHint", { worst, limit: report.unlike_limit.toFixed(2) })}
        >
          {t(report.unlike_alarm ? "checks.unlike" : "checks.alike")}
        </Line>
        <Line good={held_out.reached === 0} hint={t("checks.withheldHint")}>
          {t(held_out.reached === 0 ? "checks.withheld" : "checks.reached", {
            number: count(report.withheld),
            reached: count(held_out.reached),
          })}
        </Line>
        <Line good={null} hint={t("checks.looksHint")}>
          {t("checks.looks", { number: report.looks })}
        </Line>
        <Line
          good={report.proven === null ? null : report.proven === drawn}
          hint={
            <>
              {t("checks.digest")} <span className={styles.seed}>{experiment.seed_digest}</span>
              {experiment.seed && (
                <>
                  <br />
                  {t("checks.seed")} <span className={styles.seed}>{experiment.seed}</span>
                </>
              )}
            </>
          }
        >
          {report.proven === null
            ? t("checks.sealed")
            : t("checks.proven", { number: count(report.proven), drawn: count(drawn) })}
        </Line>
      </ul>
    </Panel>
  );
}

function Line({ good, hint, children }: { good: boolean | null; hint: ReactNode; children: ReactNode }) {
  return (
    <li>
      {good === null && <InfoCircleOutlined />}
      {good === true && <CheckCircleFilled className={styles.good} />}
      {good === false && <WarningFilled className={styles.bad} />}
      <span>{children}</span>
      <small>{hint}</small>
    </li>
  );
}
