import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { LETTERS } from "../codes";
import type { CampaignDetail } from "../types";
import { useWindow } from "../useWindow";
import { Faults } from "./Faults";
import styles from "./campaign.module.css";

/** What a campaign is to do: all that is approved, the text word for word. */
export function Facts({ campaign }: { campaign: CampaignDetail }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const window = useWindow();
  const { plan, texts } = campaign;
  const rows: [string, string][] = [
    ["objective", t(`campaign.objective.${plan.objective}`)],
    ["about", plan.about],
    ["segment", campaign.segment],
    ["exclude", campaign.exclude.join(t("campaign.and"))],
    ["window", `${window(plan)}${plan.by_hand ? t("campaign.startsByHand") : ""}`],
    ["offer", plan.offer],
    [
      "leads",
      plan.leads
        ? t("campaign.leadsSaid", { cap: count(plan.leads.daily_cap), days: count(plan.leads.days) })
        : "",
    ],
    ["script", plan.leads?.script ?? ""],
    ["budget", t("campaign.yuan", { amount: format.money(plan.budget) })],
    [
      "costs",
      [
        plan.template !== null && t("campaign.perMessage", { cost: plan.message_cost }),
        plan.leads && t("campaign.perLead", { cost: plan.lead_cost }),
      ]
        .filter(Boolean)
        .join(t("campaign.and")),
    ],
    [
      "holdout",
      plan.holdout_least
        ? t("campaign.holdoutSaid", { share: plan.holdout, least: count(plan.holdout_least) })
        : t("campaign.holdoutShare", { share: plan.holdout }),
    ],
    [
      "goal",
      plan.goal.type === "AUM"
        ? t("campaign.goalAum", { amount: format.money(plan.goal.amount), days: plan.goal.days })
        : t("campaign.goalSegment", { segment: campaign.goal_segment, days: plan.goal.days }),
    ],
  ];
  return (
    <Panel title={t("campaign.facts")}>
      <div className={styles.facts}>
        <Faults faults={campaign.faults} />
        <dl>
          {rows
            .filter(([, said]) => said)
            .map(([key, said]) => (
              <div key={key}>
                <dt>{t(`campaign.field.${key}`)}</dt>
                <dd>{said}</dd>
              </div>
            ))}
          {texts.map((text, n) => (
            <div key={`${text.place} ${text.id}`}>
              <dt>
                {text.share === null
                  ? t(`campaign.way.${text.place}`)
                  : t("campaign.variants.named", { letter: LETTERS[n], share: text.share })}
                {` · ${text.name} · ${t(`channel.${text.channel}`)}`}
              </dt>
              <dd>
                <blockquote className={styles.bubble}>
                  {text.head && <strong className={styles.subject}>{text.head}</strong>}
                  {text.whole}
                </blockquote>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Panel>
  );
}

/** Who planned and approved it, when it ran: the traces of its two pairs of eyes. */
export function Decisions({ campaign }: { campaign: CampaignDetail }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const { state, decided_by, decided_at, reason, started_at, ended_at, as_of } = campaign;
  const steps: { key: string; at: string; said: string }[] = [
    { key: "made", at: campaign.made_at, said: t("campaign.trace.made", { name: campaign.made_by }) },
  ];
  if (decided_by && decided_at)
    steps.push({
      key: "decided",
      at: decided_at,
      said: t(reason && state === "DRAFT" ? "campaign.trace.refused" : "campaign.trace.approved", {
        name: decided_by,
        reason,
      }),
    });
  if (started_at && as_of)
    steps.push({
      key: "started",
      at: started_at,
      said: t("campaign.trace.started", { date: format.date(as_of) }),
    });
  if (ended_at) steps.push({ key: "ended", at: ended_at, said: t("campaign.trace.ended") });
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
      {campaign.digest && (
        <p className={styles.digest}>
          {t("campaign.trace.digest", { digest: campaign.digest.slice(0, 16) })}
        </p>
      )}
      {campaign.frozen_digest && (
        <p className={styles.digest}>
          {t("campaign.trace.frozen", { digest: campaign.frozen_digest.slice(0, 16) })}
        </p>
      )}
    </Panel>
  );
}
