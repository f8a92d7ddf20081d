import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { Panel } from "@/shared/components/Panel";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useWhy } from "../../useWhy";
import type { Policy, Rule, Threshold } from "../api";
import { RULES } from "../codes";
import styles from "./policy.module.css";

/** 闸口规则: each in words, with the values that it goes by and what it held back. */
export function Rules({ policy }: { policy: Policy }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const me = useMe();
  return (
    <Panel title={t("policy.rules.title")}>
      <p className={styles.note}>{t("policy.rules.hint")}</p>
      <p className={`${styles.note} ${styles.quiet}`}>
        {t("policy.rules.where", { date: format.date(policy.on) })} {t("policy.rules.yours")}{" "}
        {me.data?.rights.includes("standard.read") && (
          <Link to="/segments/standards">{t("policy.rules.toStandards")}</Link>
        )}
      </p>
      <ol className={styles.rules}>
        {policy.rules.map((rule) => (
          <li key={rule.code} className={styles.rule}>
            <Says rule={rule} />
            <div>
              <ul className={styles.facts}>
                {rule.thresholds.map((one) => (
                  <Fact key={one.code} threshold={one} />
                ))}
              </ul>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Says({ rule }: { rule: Rule }) {
  const { t } = useTranslation("outreach");
  const code = RULES.find((known) => known === rule.code);
  return (
    <div>
      <h3>{code ? t(`policy.rule.${code}.name`) : rule.code}</h3>
      {code && <p>{t(`policy.rule.${code}.says`)}</p>}
      <span aria-label={t("policy.rules.kinds")}>
        {rule.kinds.map((kind) => (
          <Tag key={kind} variant="filled">
            {t(`kind.${kind}`)}
          </Tag>
        ))}
      </span>
      <Held rule={rule} />
    </div>
  );
}

function Held({ rule }: { rule: Rule }) {
  const { t } = useTranslation("outreach");
  const why = useWhy();
  if (rule.held.length === 0)
    return <div className={`${styles.held} ${styles.quiet}`}>{t("policy.rules.noneHeld")}</div>;
  return (
    <ul className={`${styles.facts} ${styles.held}`} aria-label={t("policy.rules.held")}>
      {rule.held.map((row) => (
        <li key={`${row.why} ${row.channel}`}>
          {t(`channel.${row.channel}`)} · {why(row.why)}
          {t("policy.rules.colon")}
          {row.days_30 > 0 &&
            t("policy.rules.days", { short: count(row.days_7), long: count(row.days_30) })}{" "}
          {row.waiting > 0 && t("policy.rules.waiting", { number: count(row.waiting) })}
        </li>
      ))}
    </ul>
  );
}

function Fact({ threshold }: { threshold: Threshold }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const shown = (value: NonNullable<Threshold["value"]>) =>
    Array.isArray(value)
      ? value.join(t("policy.rules.and"))
      : typeof value !== "number"
        ? value
        : threshold.unit
          ? t(`policy.unit.${threshold.unit}`, { number: count(value) })
          : count(value);
  return (
    <li className={styles.fact}>
      <span>{threshold.name}</span>
      <strong>{shown(threshold.value)}</strong>
      {threshold.next_value !== null && threshold.next_from !== null && (
        <Tag color="warning">
          {t("policy.rules.next", {
            value: shown(threshold.next_value),
            date: format.date(threshold.next_from),
          })}
        </Tag>
      )}
      <small>
        {[
          threshold.owner,
          threshold.source,
          t("policy.rules.from", { date: format.date(threshold.valid_from) }),
        ].join(" · ")}
      </small>
    </li>
  );
}
