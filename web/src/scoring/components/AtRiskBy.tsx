import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { Amount } from "@/shared/components/Amount";
import { Panel } from "@/shared/components/Panel";
import { TierTag } from "@/shared/components/Tags";
import { count } from "@/shared/format/numbers";
import styles from "./scoring.module.css";

interface Props {
  summary: Schemas["ChurnSummary"];
  onOrg: (id: number) => void;
  onManager: (id: number) => void;
  onTier: (tier: number) => void;
}

/** Where the money at risk lies: by org, manager and tier; a name narrows the page to it. Nothing for one's own few. */
export function AtRiskBy({ summary, onOrg, onManager, onTier }: Props) {
  const { t } = useTranslation(["scoring", "shared"]);
  const { orgs, managers, tiers, banded } = summary;
  const groups = {
    org: orgs.map((line) => ({ key: line.id, line, name: line.name, open: () => onOrg(line.id) })),
    manager: managers.map((line) => ({
      key: line.user?.id ?? 0,
      line,
      name: line.user?.name ?? t("board.nobody"),
      open: () => onManager(line.user?.id ?? 0),
    })),
    tier: tiers.map((line) => ({
      key: line.tier,
      line,
      name: <TierTag tier={line.tier} />,
      open: () => onTier(line.tier),
    })),
  };
  const shown = Object.entries(groups).filter(([, lines]) => lines.length > 1);
  if (shown.length === 0) return null;
  return (
    <div className={styles.groups}>
      {shown.map(([name, lines]) => (
        <Panel key={name} title={t(`by.${name}`)}>
          <div className={styles.scroll}>
            <table className={styles.lines}>
              <thead>
                <tr>
                  <th scope="col">
                    <span className={styles.hidden}>{t(`by.${name}`)}</span>
                  </th>
                  <th scope="col">{t("board.customers")}</th>
                  <th scope="col">{t("board.atRisk")}</th>
                  <th scope="col">{t("board.idle")}</th>
                </tr>
              </thead>
              <tbody>
                {lines.map(({ key, line, name: title, open }) => (
                  <tr key={key}>
                    <th scope="row">
                      <button type="button" className={styles.open} onClick={open}>
                        {title}
                      </button>
                    </th>
                    <td>{count(line.customers)}</td>
                    <td>
                      <Amount value={line.aum_at_risk} banded={banded && line.customers < 5} />
                    </td>
                    <td>{count(line.idle)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Panel>
      ))}
    </div>
  );
}
