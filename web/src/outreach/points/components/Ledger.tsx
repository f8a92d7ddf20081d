import { Alert, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "../../components/outreach.module.css";
import { useLedger } from "../api";

/** The bank's side of the ledger: what was given, what of it is still owed, and whether the books hold. */
export function Ledger() {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const found = useLedger();
  if (found.error && !found.data)
    return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 4 }} />;
  const { wrong, ...sums } = found.data;
  const figures = [
    ["issued", count(sums.issued)],
    ["redeemed", count(sums.redeemed)],
    ["expired", count(sums.expired)],
    ["reversed", count(sums.reversed)],
    ["owed", count(sums.owed)],
    ["due", count(sums.due)],
    ["customers", count(sums.customers)],
    ["liability", t("campaign.yuan", { amount: format.exact(sums.liability) })],
  ] as const;
  return (
    <Panel>
      <div className={styles.page}>
        <Alert
          type={wrong.length ? "error" : "success"}
          showIcon
          title={t(wrong.length ? "points.ledger.wrong" : "points.ledger.holds")}
          description={
            wrong.length ? (
              <ul className={styles.faults}>
                {wrong.map(({ code, rows }) => (
                  <li key={code}>{t(`points.check.${code}`, { rows: count(rows) })}</li>
                ))}
              </ul>
            ) : (
              t("points.ledger.holdsHint")
            )
          }
        />
        <div className={styles.figures}>
          {figures.map(([name, value]) => (
            <span key={name}>
              <span className={styles.quiet}>{t(`points.ledger.${name}`)}</span>
              <strong>{value}</strong>
            </span>
          ))}
        </div>
        <p className={styles.quiet}>{t("points.ledger.hint", { value: sums.value })}</p>
      </div>
    </Panel>
  );
}
