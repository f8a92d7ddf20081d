import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import type { Share } from "../api";
import type { Live } from "../useLive";
import styles from "./builder.module.css";

/** How many, said for whom few are not told. */
export function useTold(): (customers: number | null, few: number) => string {
  const { t } = useTranslation("segments");
  return (customers, few) => (customers === null ? t("fewerThan", { few }) : count(customers));
}

/** How many the rule holds of, and who they are: by org, tier, stage. */
export function LivePanel({ live: { count: data, countNow, error } }: { live: Live }) {
  const { t } = useTranslation("segments");
  const told = useTold();
  const stale = !countNow;
  const [by, setBy] = useState<"orgs" | "tiers" | "stages">("orgs");
  return (
    <Panel title={t("live.title")}>
      <div className={styles.stack}>
        {!data && !error && <p className={styles.quiet}>{t("live.none")}</p>}
        {error && <ProblemView error={error} />}
        {data && (
          <>
            <div className={`${styles.count} ${stale ? styles.stale : ""}`} role="status" aria-busy={stale}>
              <strong data-testid="count">{told(data.customers, data.few)}</strong>
              <span className={styles.quiet}>
                {data.share !== null &&
                  t("live.share", {
                    share: percent(data.share, data.share < 0.01 ? 2 : 1),
                    of: count(data.of),
                  })}
              </span>
            </div>
            <Segmented
              aria-label={t("live.by")}
              value={by}
              onChange={setBy}
              options={(["orgs", "tiers", "stages"] as const).map((one) => ({
                value: one,
                label: t(`live.${one}`),
              }))}
            />
            <div className={stale ? styles.stale : undefined}>
              <Bars shares={data[by]} few={data.few} />
            </div>
          </>
        )}
      </div>
    </Panel>
  );
}

/** The longest list of bars; what is beyond is summed up. */
const SHOWN = 12;

/** Counts as bars, the longest first. */
export function Bars({ shares, few }: { shares: Share[]; few: number }) {
  const { t } = useTranslation("segments");
  const told = useTold();
  const most = Math.max(1, ...shares.map(({ customers }) => customers ?? 0));
  if (!shares.length) return <p className={styles.quiet}>{t("live.nobody")}</p>;
  const rest = shares.slice(SHOWN);
  return (
    <>
      <ul className={styles.bars}>
        {shares.slice(0, SHOWN).map(({ key, name, customers }) => (
          <li key={key}>
            <span title={name}>{name}</span>
            <span className={styles.track}>
              <span style={{ width: `${((customers ?? 0) / most) * 100}%` }} />
            </span>
            <span className="num">{told(customers, few)}</span>
          </li>
        ))}
      </ul>
      {rest.length > 0 && (
        <p className={styles.quiet}>
          {t("live.rest", {
            groups: rest.length,
            customers: count(rest.reduce((sum, { customers }) => sum + (customers ?? 0), 0)),
          })}
        </p>
      )}
    </>
  );
}

/** The rule read back as a sentence, in either language. */
export function SentencePanel({ live: { read, readNow } }: { live: Live }) {
  const { t, i18n } = useTranslation("segments");
  const [language, setLanguage] = useState<"zh" | "en">(i18n.language === "en" ? "en" : "zh");
  return (
    <Panel
      title={t("sentence.title")}
      extra={
        <Segmented
          size="small"
          aria-label={t("sentence.language")}
          value={language}
          onChange={setLanguage}
          options={(["zh", "en"] as const).map((one) => ({ value: one, label: t(`sentence.${one}`) }))}
        />
      }
    >
      <p
        className={`${styles.sentence} ${!readNow ? styles.stale : ""}`}
        lang={language === "en" ? "en" : "zh-CN"}
        data-testid="sentence"
      >
        {read?.[language] || (
          <span className={styles.quiet}>{t(read ? "sentence.wrong" : "sentence.none")}</span>
        )}
      </p>
    </Panel>
  );
}
