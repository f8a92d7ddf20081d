import { useTranslation } from "react-i18next";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import { useWhy } from "../../useWhy";
import type { CampaignDetail } from "../types";
import styles from "./campaign.module.css";

/** From the audience to the goal: how many are left at each step, and for which reasons the others are not. */
export function Funnel({
  campaign: { funnel, targeted, lost, unsent, state },
}: {
  campaign: CampaignDetail;
}) {
  const { t } = useTranslation("outreach");
  const why = useWhy();
  const most = Math.max(targeted ?? 0, ...funnel.map(({ customers }) => customers), 1);
  if (funnel.length === 0)
    return (
      <Panel title={t("campaign.funnel.title")}>
        <EmptyState
          title={t("campaign.funnel.none")}
          hint={t(state === "ENDED" ? "campaign.funnel.neverHint" : "campaign.funnel.noneHint")}
        />
      </Panel>
    );
  const rows = [...(targeted === null ? [] : [{ code: "TARGETED", customers: targeted }]), ...funnel];
  const base = funnel[0]?.customers ?? 0;
  return (
    <Panel title={t("campaign.funnel.title")}>
      <dl className={styles.funnel}>
        {rows.map(({ code, customers }) => (
          <div key={code}>
            <dt>{t(`campaign.funnel.${code}`)}</dt>
            <dd>
              <span className={styles.track}>
                <span style={{ width: `${(customers / most) * 100}%` }} />
              </span>
              <strong>{count(customers)}</strong>
              <small>{code !== "TARGETED" && base > 0 ? percent(customers / base) : ""}</small>
            </dd>
          </div>
        ))}
      </dl>
      {targeted === null && <p className={styles.quiet}>{t("campaign.funnel.yours")}</p>}
      {lost.length > 0 && (
        <Losses
          title={t("campaign.funnel.lost")}
          rows={lost.map(({ why: code, customers }) => [t(`campaign.loss.${code}`), customers])}
        />
      )}
      {unsent.length > 0 && (
        <Losses
          title={t("campaign.funnel.unsent")}
          rows={unsent.map(({ why: code, customers }) => [
            code === "CANCELLED" ? t("campaign.loss.CANCELLED") : why(code),
            customers,
          ])}
        />
      )}
    </Panel>
  );
}

export function Losses({ title, rows }: { title: string; rows: [string, number][] }) {
  return (
    <div className={styles.losses}>
      <h3>{title}</h3>
      <ul>
        {rows.map(([said, customers]) => (
          <li key={said}>
            <span>{said}</span>
            <span className={styles.figure}>{count(customers)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
