import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import styles from "./branch.module.css";

/** How many customers stand in each tier, best first. */
export function TierBars({ tiers }: { tiers: Record<string, number> }) {
  const { t } = useTranslation(["care", "shared"]);
  const ranks = ["5", "4", "3", "2", "1", "0"];
  const whole = Object.values(tiers).reduce((sum, n) => sum + n, 0);
  const most = Math.max(1, ...Object.values(tiers));
  return (
    <Panel title={t("board.tiers")}>
      <ul className={styles.tiers}>
        {ranks.map((rank) => {
          const number = tiers[rank] ?? 0;
          return (
            <li key={rank}>
              <span>{t(`shared:tier.${rank}`)}</span>
              <span className={styles.track}>
                <span style={{ width: `${(number / most) * 100}%` }} />
              </span>
              <span className="num">{count(number)}</span>
              <small className="num">{whole ? percent(number / whole) : ""}</small>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
