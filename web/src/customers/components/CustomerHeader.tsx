import { StopOutlined } from "@ant-design/icons";
import { Alert, Tag } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Amount } from "@/shared/components/Amount";
import { Explain } from "@/shared/components/Explain";
import { StageTag, TierTag } from "@/shared/components/Tags";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Overview } from "../profileApi";
import styles from "./profile.module.css";
import { CustomerTags } from "./CustomerTags";
import { Reveal } from "./Reveal";

/** What each wish not to be disturbed means. */
const ALERTS: Record<string, string> = {
  CALLS: "callsAlert",
  SMS: "textsAlert",
  EMAIL: "mailsAlert",
  APP: "appAlert",
};
const WARNING = new Set(["AUM_DOWN", "MATURING", "RISK_EXPIRED"]);

/** Who this is, what they are to the bank, and what must be minded before a contact. */
export function CustomerHeader({ overview }: { overview: Overview }) {
  const { customer, reach, tags } = overview;
  const { t } = useTranslation(["customers", "shared"]);
  const format = useFormat();
  const { biz_date: day, tier, tier_asset: calculated } = customer;
  const years = Math.floor(customer.tenure_months / 12);
  const facts: [name: string, value: ReactElement | string][] = [
    [
      t("fact.mobile"),
      <span key="m" className={styles.stack}>
        <Reveal customerId={customer.id} field="mobile" masked={customer.mobile_masked} />
        {reach.mobile !== "NONE" && (
          <small className={reach.mobile === "BAD" ? styles.expired : undefined}>
            {t(`reach.${reach.mobile}`, {
              date: reach.verified_on ? format.shortDate(reach.verified_on, day) : "",
            })}
          </small>
        )}
      </span>,
    ],
    [
      t("fact.email"),
      customer.email_masked && (
        <Reveal key="e" customerId={customer.id} field="email" masked={customer.email_masked} />
      ),
    ],
    [
      t(`certType.${customer.cert_type}`, { defaultValue: customer.cert_type || t("fact.cert") }),
      <Reveal key="c" customerId={customer.id} field="cert" masked={customer.cert_masked} />,
    ],
    [t("fact.manager"), customer.manager?.name ?? t("pool")],
    [t("fact.coManagers"), customer.co_managers.map((person) => person.name).join(t("comma"))],
    [t("fact.org"), customer.org_name],
    [
      t("fact.since"),
      t("fact.sinceValue", {
        date: format.shortDate(customer.open_date, day),
        tenure: years ? t("years", { count: years }) : t("months", { count: customer.tenure_months }),
      }),
    ],
    [t("fact.occupation"), customer.occupation],
    [
      t("fact.risk"),
      customer.risk_level &&
        (customer.risk_expiry ? (
          <Risk key="r" level={customer.risk_level} expiry={customer.risk_expiry} day={day} />
        ) : (
          customer.risk_level
        )),
    ],
  ];
  return (
    <section className={styles.header}>
      <div className={styles.who}>
        {customer.name_masked ? (
          <h1>
            <Reveal customerId={customer.id} field="name" masked={customer.name} />
          </h1>
        ) : (
          <h1>{customer.name}</h1>
        )}
        <span className={styles.quiet}>
          {[
            t(`gender.${customer.gender}`, { defaultValue: "" }),
            customer.age !== null && t("age", { count: customer.age }),
            customer.cust_no,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <Explain
          title={t("tier.granted")}
          asOf={day}
          text={
            <>
              <div>{t("tier.how")}</div>
              {customer.tier_changed && (
                <div>{t("tier.changed", { date: format.date(customer.tier_changed, day) })}</div>
              )}
              {calculated !== tier && (
                <div>
                  {t("tier.calculated", {
                    tier: t(`shared:tier.${calculated}`),
                    amount: format.money(customer.mda),
                  })}
                </div>
              )}
            </>
          }
        >
          <TierTag tier={tier} />
        </Explain>
        {calculated !== tier && (
          <span className={styles.quiet}>
            {t(calculated < tier ? "tier.protected" : "tier.rising", {
              tier: t(`shared:tier.${calculated}`),
            })}
          </span>
        )}
        <Explain title={t("stageTitle")} asOf={day} text={t(`shared:stageRule.${customer.stage}`)}>
          <StageTag stage={customer.stage} />
        </Explain>
        {customer.stage_since && (
          <span className={styles.quiet}>
            {t("stageSince", { date: format.shortDate(customer.stage_since, day) })}
          </span>
        )}
        {customer.is_staff && <Tag variant="filled">{t("flag.staff")}</Tag>}
        <CustomerTags customer={customer} />
        {customer.status !== "NORMAL" && <Tag color="error">{t(`status.${customer.status}`)}</Tag>}
      </div>
      <div className={styles.big}>
        <Explain title={t("figure.aum")} asOf={day} text={t("how.aum")}>
          <span className={styles.quiet}>{t("figure.aum")}</span>
        </Explain>
        <strong>
          <Amount value={customer.aum} banded={customer.banded} />
        </strong>
        <span>
          <Amount value={customer.net_month} change />{" "}
          <span className={styles.quiet}>{t("figure.thisMonth")}</span>
        </span>
      </div>
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {tags.length > 0 && (
        <div className={styles.tags}>
          {tags.map((tag) => (
            <Explain key={tag} title={t(`tag.${tag}.name`)} text={t(`tag.${tag}.how`)} asOf={day}>
              <Tag variant="filled" color={WARNING.has(tag) ? "warning" : "default"}>
                {t(`tag.${tag}.name`)}
              </Tag>
            </Explain>
          ))}
        </div>
      )}
      {reach.silences.map(({ scope, since, until }) => (
        <Alert
          key={scope}
          className={styles.alert}
          type="warning"
          showIcon
          icon={<StopOutlined />}
          title={t(ALERTS[scope] ?? "dndAlert")}
          description={
            until
              ? t("silenceUntil", {
                  since: format.shortDate(since, day),
                  until: format.shortDate(until, day),
                })
              : t("silenceSince", { since: format.shortDate(since, day) })
          }
        />
      ))}
    </section>
  );
}

/** 风险等级: of one that has run out nothing may be sold on. */
function Risk({ level, expiry, day }: { level: string; expiry: string; day: string }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const date = format.shortDate(expiry, day);
  return expiry < day ? (
    <span className={styles.expired}>{t("fact.riskExpired", { level, date })}</span>
  ) : (
    t("fact.riskValue", { level, date })
  );
}
