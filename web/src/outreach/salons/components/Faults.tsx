import { useTranslation } from "react-i18next";
import styles from "../../campaigns/components/campaign.module.css";
import type { Fault } from "../types";

/** What stands against submitting a plan. */
export function Faults({ faults }: { faults: readonly Fault[] }) {
  const { t } = useTranslation("outreach");
  if (faults.length === 0) return null;
  return (
    <div className={styles.losses} role="status">
      <h3>{t("campaign.estimate.faults")}</h3>
      <ul className={styles.faults}>
        {faults.map(({ field, code, about }) => (
          <li key={`${field} ${code} ${about}`}>{t(`salon.fault.${code}`, { about })}</li>
        ))}
      </ul>
    </div>
  );
}
