import { useTranslation } from "react-i18next";
import { percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { ScoreCard } from "../api";
import styles from "./scoring.module.css";

const WIDTH = 320;
const HEIGHT = 56;
const LISTED = 8;

/** The probability over the scored dates: where it came from, in the room of two lines. */
export function ScoreCurve({ points }: { points: ScoreCard["history"] }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return null;
  const day = (text: string) => Date.parse(text) / 86_400_000;
  const span = day(last.day) - day(first.day) || 1;
  const top = Math.max(0.1, ...points.map(({ probability }) => probability));
  const x = (text: string) => 4 + ((day(text) - day(first.day)) / span) * (WIDTH - 8);
  const y = (value: number) => HEIGHT - 4 - (value / top) * (HEIGHT - 10);
  const line = points
    .map((p, n) => `${n ? "L" : "M"}${x(p.day).toFixed(1)} ${y(p.probability).toFixed(1)}`)
    .join("");
  return (
    <figure className={styles.curve}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t("card.curve", {
          days: points.length,
          first: percent(first.probability, 0),
          last: percent(last.probability, 0),
        })}
      >
        <path d={line} />
        {points.map((p) => (
          <circle key={p.day} cx={x(p.day)} cy={y(p.probability)} r={p === last ? 3.5 : 2} data-band={p.band}>
            <title>
              {[`${format.shortDate(p.day)} ${percent(p.probability, 0)}`, ...p.reasons].join("\n")}
            </title>
          </circle>
        ))}
      </svg>
      <figcaption>
        <span>
          {format.shortDate(first.day)} {percent(first.probability, 0)}
        </span>
        <span>
          {format.shortDate(last.day)} {percent(last.probability, 0)}
        </span>
      </figcaption>
      <Turns points={points} />
    </figure>
  );
}

/** The nights on which the band changed, with what weighed most then; the newest first. */
function Turns({ points }: { points: ScoreCard["history"] }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const turns = points.filter(({ band }, n) => band !== points[n - 1]?.band).reverse();
  if (turns.length < 2) return null;
  return (
    <details className={styles.turns}>
      <summary>{t("card.turns", { count: turns.length })}</summary>
      <ul className={styles.reasons}>
        {turns.slice(0, LISTED).map(({ day, band, probability, reasons }) => (
          <li key={day}>
            {format.shortDate(day)} {t(`band.${band}`)} {percent(probability, 0)}
            {reasons.length > 0 && <small> · {reasons.join(t("monitoring.comma"))}</small>}
          </li>
        ))}
      </ul>
    </details>
  );
}
