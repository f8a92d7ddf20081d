import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { Amount } from "@/shared/components/Amount";
import { Explain } from "@/shared/components/Explain";
import { count } from "@/shared/format/numbers";
import styles from "./scoring.module.css";

type Summary = Schemas["ChurnSummary"];

interface Props {
  summary: Summary;
  onNarrow: (to: { band?: string; new?: string; idle?: string; state?: string }) => void;
}

/** How many may leave and what is at stake; each figure narrows the list to those it counts. */
export function ChurnFigures({ summary, onNarrow }: Props) {
  const { t } = useTranslation("scoring");
  const { bands, outcomes, night, banded } = summary;
  const sum = (figure: (line: Summary["bands"][number]) => number) =>
    bands.reduce((all, line) => all + figure(line), 0);
  const figures: {
    name: string;
    value: number;
    note?: ReactNode;
    late?: boolean;
    to: Parameters<Props["onNarrow"]>[0];
  }[] = [
    ...bands.map((line) => ({
      name: line.band,
      value: line.customers,
      note: (
        <>
          {t("board.atRisk")} <Amount value={line.aum_at_risk} banded={banded && line.customers < 5} />
        </>
      ),
      late: line.band === "HIGH" && line.customers > 0,
      to: { band: line.band },
    })),
    { name: "new", value: sum((line) => line.new), to: { new: "1" } },
    { name: "idle", value: sum((line) => line.idle), to: { idle: "1" } },
    { name: "saved", value: outcomes.SAVED ?? 0, to: { state: "SAVED" } },
    { name: "lost", value: outcomes.LOST ?? 0, to: { state: "LOST" } },
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(({ name, value, note, late, to }) => (
        <div key={name}>
          <dt>
            <Explain title={t(`figure.${name}`)} text={t(`figureHow.${name}`)} asOf={night}>
              {t(`figure.${name}`)}
            </Explain>
          </dt>
          <dd>
            <button
              type="button"
              onClick={() => onNarrow(to)}
              aria-label={t("figureShow", { name: t(`figure.${name}`) })}
            >
              <strong className={late ? styles.late : undefined}>{count(value)}</strong>
            </button>
            {note && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
