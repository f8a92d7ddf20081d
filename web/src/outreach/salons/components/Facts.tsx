import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "../../campaigns/components/campaign.module.css";
import { wall } from "../plan";
import type { SalonDetail } from "../types";
import { useWhen } from "../useWhen";
import { Faults } from "./Faults";

/** What a salon is to be: all that is approved. */
export function Facts({ salon }: { salon: SalonDetail }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const when = useWhen();
  const { plan } = salon;
  const closes = wall(plan.closes_at);
  const rows: [string, string][] = [
    ["theme", plan.theme],
    ["host", salon.host],
    ["window", when(salon)],
    ["place", plan.place],
    ["closes", `${format.date(closes.slice(0, 10))} ${closes.slice(11)}`],
    [
      "seats",
      t("salon.seatsSaid", { seats: count(plan.seats), waiting: count(plan.waiting), party: plan.party }),
    ],
    ["speaker", plan.speaker],
    ["materials", plan.materials],
    ["risk", plan.risk === null ? "" : t("salon.riskSaid", { risk: plan.risk })],
    ["text", salon.text || t("salon.byWord")],
    ["follow", plan.follow_days.map((days) => `T+${days}`).join(t("campaign.and"))],
    ["budget", t("campaign.yuan", { amount: format.money(plan.budget) })],
  ];
  return (
    <Panel title={t("salon.facts")}>
      <div className={styles.facts}>
        <Faults faults={salon.faults} />
        <dl>
          {rows
            .filter(([, said]) => said)
            .map(([key, said]) => (
              <div key={key}>
                <dt>{t(`salon.field.${key}`)}</dt>
                <dd>{said}</dd>
              </div>
            ))}
        </dl>
      </div>
    </Panel>
  );
}

/** Who planned it, who approved it. */
export function Decisions({ salon }: { salon: SalonDetail }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const { state, decided_by, decided_at, reason, cancelled_at } = salon;
  const steps: { key: string; at: string; said: string }[] = [
    { key: "made", at: salon.made_at, said: t("campaign.trace.made", { name: salon.made_by }) },
  ];
  if (decided_by && decided_at)
    steps.push({
      key: "decided",
      at: decided_at,
      said: t(state === "DRAFT" ? "campaign.trace.refused" : "campaign.trace.approved", {
        name: decided_by,
        reason,
      }),
    });
  if (cancelled_at)
    steps.push({ key: "cancelled", at: cancelled_at, said: t("salon.cancelledSaid", { reason }) });
  return (
    <Panel title={t("campaign.trace.title")}>
      <ol className={styles.trace}>
        {steps.map(({ key, at, said }) => (
          <li key={key}>
            <span>{said}</span>
            <small>{format.moment(at)}</small>
          </li>
        ))}
      </ol>
      {salon.digest && (
        <p className={styles.digest}>{t("campaign.trace.digest", { digest: salon.digest.slice(0, 16) })}</p>
      )}
    </Panel>
  );
}
