import { useTranslation } from "react-i18next";
import { Amount } from "@/shared/components/Amount";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { StageTag, TierTag } from "@/shared/components/Tags";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Effect } from "../api";
import { moving } from "../effect";
import styles from "./standards.module.css";

type Move = Effect["tiers"][number];
type OrgMove = Effect["orgs"][number];

/** 试算's answer: one sentence, then who moves from where to where, and in which branches. */
export function EffectView({ effect, sentence }: { effect: Effect; sentence: string }) {
  const { t } = useTranslation(["standards", "shared"]);
  const format = useFormat();
  const stages = moving(effect.stages).toSorted((a, b) => b.customers - a.customers);
  return (
    <div className={styles.effect}>
      <p className={styles.sentence}>{sentence}</p>
      <p className={styles.quiet}>
        {t("effect.of", { n: count(effect.customers), date: format.date(effect.biz_date) })}
      </p>
      <TierMatrix moves={moving(effect.tiers)} />
      {stages.length > 0 && (
        <section>
          <h3>{t("effect.stageMoves")}</h3>
          <DataTable rowKey={(row) => `${row.before} ${row.after}`} rows={stages} columns={stageColumns(t)} />
        </section>
      )}
      {effect.orgs.length > 0 && (
        <section>
          <h3>{t("effect.byBranch")}</h3>
          <DataTable rowKey={(row) => row.org} rows={effect.orgs} columns={branchColumns(t)} />
        </section>
      )}
    </div>
  );
}

type T = (key: string) => string;

const stageColumns = (t: T): Column<Move>[] => [
  {
    key: "move",
    title: t("effect.move"),
    render: ({ before, after }) => (
      <span className={styles.move}>
        <StageTag stage={before} /> → <StageTag stage={after} />
      </span>
    ),
  },
  {
    key: "customers",
    title: t("effect.customers"),
    align: "right",
    sorter: (a, b) => a.customers - b.customers,
    render: ({ customers }) => count(customers),
  },
  {
    key: "aum",
    title: "AUM",
    align: "right",
    sorter: (a, b) => Number(a.aum) - Number(b.aum),
    render: ({ aum }) => <Amount value={aum} />,
  },
];

const branchColumns = (t: T): Column<OrgMove>[] => [
  { key: "org", title: t("effect.branch"), render: ({ org }) => org },
  ...(["up", "down", "stages"] as const).map((key): Column<OrgMove> => ({
    key,
    title: t(`effect.columns.${key}`),
    align: "right",
    sorter: (a, b) => a[key] - b[key],
    sortDirections: ["descend", "ascend"],
    render: (row) => (row[key] ? count(row[key]) : <span className={styles.quiet}>0</span>),
  })),
];

/** Calculated tiers before (down) and after (across), only where somebody moves. */
function TierMatrix({ moves }: { moves: Move[] }) {
  const { t } = useTranslation("standards");
  if (moves.length === 0) return null;
  const ranks = (side: "before" | "after") =>
    [...new Set(moves.map((move) => move[side]))].sort((a, b) => Number(b) - Number(a));
  const rows = ranks("before").map((before) => ({ before }));
  return (
    <section>
      <h3>{t("effect.tierMoves")}</h3>
      <DataTable
        rowKey={({ before }) => before}
        rows={rows}
        columns={[
          {
            key: "before",
            title: t("effect.beforeAfter"),
            render: ({ before }) => <TierTag tier={Number(before)} />,
          },
          ...ranks("after").map((after): Column<{ before: string }> => ({
            key: after,
            title: (
              <span className={styles.move}>
                → <TierTag tier={Number(after)} />
              </span>
            ),
            align: "right",
            render: ({ before }) => {
              const move = moves.find((one) => one.before === before && one.after === after);
              if (!move) return <span className={styles.quiet}>—</span>;
              return (
                <span className={styles.cell}>
                  {t("effect.people", { n: count(move.customers) })}
                  <small>
                    <Amount value={move.aum} />
                  </small>
                </span>
              );
            },
          })),
        ]}
      />
    </section>
  );
}
