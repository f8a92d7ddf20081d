import { useTranslation } from "react-i18next";
import type { Fault } from "../types";
import styles from "./campaign.module.css";

/** What stands against submitting a plan. */
export function Faults({ faults }: { faults: readonly Fault[] }) {
  const { t } = useTranslation("outreach");
  if (faults.length === 0) return null;
  return (
    <ul className={styles.faults} role="status">
      {faults.map(({ field, code, about }) => (
        <li key={`${field} ${code} ${about}`}>{t(`campaign.fault.${code}`, { about })}</li>
      ))}
    </ul>
  );
}
