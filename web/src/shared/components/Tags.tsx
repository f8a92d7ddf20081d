import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import styles from "./figures.module.css";

/** The granted service tier (T0–T5). */
export function TierTag({ tier }: { tier: number }) {
  const { t } = useTranslation("shared");
  return (
    <span className={styles.tier} data-tier={tier}>
      {t(`tier.${tier}`)}
    </span>
  );
}

const AT_RISK = new Set(["CHURN_ALERT", "LOST"]);

/** The lifecycle stage; red only where the customer is leaving. */
export function StageTag({ stage }: { stage: string }) {
  const { t } = useTranslation("shared");
  return (
    <Tag color={AT_RISK.has(stage) ? "error" : "default"} variant="filled" style={{ marginInlineEnd: 0 }}>
      {t(`stage.${stage}`)}
    </Tag>
  );
}
