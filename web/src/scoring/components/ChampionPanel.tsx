import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { MINUS } from "@/shared/format/money";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { ModelCard } from "../api";
import { BANDS } from "../codes";
import { digitsOf, MEASURES } from "../measures";
import styles from "./scoring.module.css";

type Comparison = ModelCard["comparisons"][number];
type Night = ModelCard["challenged"][number];

/** 冠军与挑战者: the model beside the one in use, on one month and night by night; nothing where it was never compared. */
export function ChampionPanel({ card }: { card: ModelCard }) {
  const { t } = useTranslation("scoring");
  const { comparisons, challenged, challenger } = card;
  const [newest, ...earlier] = comparisons;
  if (!newest && challenged.length === 0 && !challenger) return null;
  return (
    <Panel
      title={
        <Explain title={t("champion.title")} text={t("champion.how")}>
          {t("champion.title")}
        </Explain>
      }
    >
      <div className={styles.page}>
        {newest && <Compared found={newest} />}
        {earlier.length > 0 && <Earlier rows={earlier} />}
        {challenged.length > 0 && <Nights kind={card.kind} nights={challenged} />}
        {challenger && challenged.length === 0 && <p className={styles.quiet}>{t("champion.noNight")}</p>}
      </div>
    </Panel>
  );
}

const signed = (value: number, digits: number) =>
  `${value < 0 ? MINUS : "+"}${Math.abs(value).toFixed(digits)}`;

function useVerdict() {
  const { t } = useTranslation("scoring");
  return ({ better, champion, challenger }: Comparison) =>
    better === "NEITHER"
      ? t("champion.neither")
      : t("champion.better", { number: better === "CHAMPION" ? champion : challenger });
}

function useBy() {
  const { t } = useTranslation("scoring");
  return ({ difference: { by, low, high }, measure }: Comparison) => {
    const digits = digitsOf(measure) + 1; // a difference is small
    return t("champion.by", {
      by: signed(by, digits),
      low: signed(low, digits),
      high: signed(high, digits),
    });
  };
}

function Compared({ found }: { found: Comparison }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const [verdict, by] = [useVerdict(), useBy()];
  const { champion, challenger, measure, of_champion: one, of_challenger: two } = found;
  return (
    <div>
      <p>
        <strong>{verdict(found)}</strong>{" "}
        {t("champion.on", {
          month: format.month(found.month.slice(0, 7)),
          customers: count(found.customers),
          measure: t(`metric.${measure}`),
          by: by(found),
        })}
      </p>
      <table className={styles.lines}>
        <thead>
          <tr>
            <th scope="col">{t("model.measure")}</th>
            <th scope="col">{t("champion.inUse", { number: champion })}</th>
            <th scope="col">{t("champion.beside", { number: challenger })}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(MEASURES).map(([name, [digits, better]]) => {
            if (!(name in one)) return null;
            const [mine, other] = [one[name] ?? NaN, two[name] ?? NaN];
            const bold = (gap: number) => (gap * better > 0 ? styles.best : undefined);
            return (
              <tr key={name}>
                <th scope="row">{t(`metric.${name}`)}</th>
                <td className={bold(mine - other)}>{mine.toFixed(digits)}</td>
                <td className={bold(other - mine)}>{other.toFixed(digits)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Earlier({ rows }: { rows: Comparison[] }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const [verdict, by] = [useVerdict(), useBy()];
  const columns: Column<Comparison>[] = [
    { key: "month", title: t("champion.month"), render: ({ month }) => format.month(month.slice(0, 7)) },
    {
      key: "pair",
      title: t("champion.pair"),
      render: ({ champion, challenger }) => t("champion.pairOf", { champion, challenger }),
    },
    { key: "by", title: t("champion.difference"), wide: true, render: by },
    { key: "verdict", title: t("champion.verdict"), render: verdict },
  ];
  return (
    <DataTable
      rowKey={({ month, champion, challenger }) => `${month}-${champion}-${challenger}`}
      columns={columns}
      rows={rows}
    />
  );
}

/** How often both said the same, night by night. */
function Nights({ kind, nights }: { kind: string; nights: Night[] }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const newest = nights.find(({ blocked }) => !blocked);
  const columns: Column<Night>[] = [
    { key: "day", title: t("monitoring.night"), render: ({ biz_date }) => format.shortDate(biz_date) },
    {
      key: "customers",
      title: t("champion.both"),
      align: "right",
      render: ({ customers }) => count(customers),
    },
    {
      key: "same",
      title: t(`champion.same.${kind}`),
      align: "right",
      render: ({ same, customers }) => (customers ? percent(same / customers) : "—"),
    },
    {
      key: "worst",
      title: t("monitoring.worst"),
      wide: true,
      render: ({ worst }) => (worst ? `${worst.label} ${worst.psi.toFixed(3)}` : "—"),
    },
    {
      key: "state",
      title: t("monitoring.state"),
      render: ({ blocked, blocked_features: features }) =>
        blocked ? (
          <>
            <Tag color="error">{t("monitoring.blocked")}</Tag>
            {t(`blocked.${blocked}`)} {features.join(t("monitoring.comma"))}
          </>
        ) : (
          <Tag color="success">{t("monitoring.fine")}</Tag>
        ),
    },
  ];
  return (
    <>
      {newest && newest.mix.length > 0 && <Mix night={newest} />}
      <DataTable rowKey={({ biz_date }) => biz_date} columns={columns} rows={nights} />
    </>
  );
}

/** Customers by the champion's band (down) and the challenger's (across). */
function Mix({ night }: { night: Night }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  return (
    <table className={styles.lines}>
      <caption className={styles.caption}>
        {t("champion.mix", { date: format.date(night.biz_date), customers: count(night.customers) })}
      </caption>
      <thead>
        <tr>
          <th scope="col">{t("champion.inUse", { number: night.champion })}</th>
          {BANDS.map((band) => (
            <th key={band} scope="col">
              {t("champion.bandOf", { number: night.challenger, band: t(`band.${band}`) })}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {BANDS.map((band, row) => (
          <tr key={band}>
            <th scope="row">{t(`band.${band}`)}</th>
            {BANDS.map((other, column) => (
              <td key={other} className={row === column ? styles.best : undefined}>
                {count(night.mix[row]?.[column] ?? 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
