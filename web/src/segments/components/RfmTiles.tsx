import { TableOutlined } from "@ant-design/icons";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/app/client";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { type Among, useRfm } from "../groupsApi";
import { useTold } from "./LivePanel";
import styles from "./groups.module.css";

/** Percent of the accent colour in the fullest tile: text stays readable on it, in both themes. */
const DARKEST = 55;
const FIFTHS = [1, 2, 3, 4, 5];
type Rfm = Schemas["RfmOut"];

/** 25 tiles of recency and frequency, and the eight kinds; each opens the builder with its rule. */
export function RfmTiles({ segment }: Among) {
  const { t } = useTranslation("segments");
  const found = useRfm({ segment }, true);
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 10 }} />;
  if (found.data.of === 0)
    return (
      <Panel>
        <EmptyState icon={<TableOutlined />} title={t("groups.nobody")} hint={t("groups.nobodyHint")} />
      </Panel>
    );
  return (
    <div className={styles.page}>
      <Tiles rfm={found.data} segment={segment} />
      <Kinds rfm={found.data} segment={segment} />
    </div>
  );
}

const drawing = (segment: string, asked: Record<string, string | number>) => {
  const params = new URLSearchParams(segment ? { among: segment } : {});
  for (const [name, value] of Object.entries(asked)) params.set(name, String(value));
  return `/segments/new?${params}`;
};

function Tiles({ rfm: { cells, of, few }, segment }: { rfm: Rfm; segment: string }) {
  const { t } = useTranslation("segments");
  const told = useTold();
  const most = Math.max(1, ...cells.map(({ customers }) => customers ?? 0));
  const rows = [...FIFTHS].reverse().map((r) => ({ r, tiles: cells.filter((cell) => cell.r === r) }));
  return (
    <Panel title={t("groups.tiles", { customers: told(of, few) })}>
      <table className={styles.tiles}>
        <caption className={styles.quiet}>{t("groups.tilesHint")}</caption>
        <tbody>
          {rows.map(({ r, tiles }) => (
            <tr key={r}>
              <th scope="row">{`R${r}`}</th>
              {tiles.map(({ f, customers, m }) => (
                <td key={f}>
                  <Link
                    to={drawing(segment, { r, f })}
                    aria-label={t("groups.tile", { r, f, customers: told(customers, few) })}
                    style={{ "--heat": `${Math.round(((customers ?? 0) / most) * DARKEST)}%` } as never}
                  >
                    <strong className="num">{customers === null ? `<${few}` : count(customers)}</strong>
                    <small>{m === null ? "\u00a0" : t("groups.average", { m: m.toFixed(1) })}</small>
                  </Link>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td />
            {FIFTHS.map((f) => (
              <th key={f} scope="col">
                {`F${f}`}
              </th>
            ))}
          </tr>
        </tfoot>
      </table>
    </Panel>
  );
}

function Kinds({ rfm: { kinds, few }, segment }: { rfm: Rfm; segment: string }) {
  const { t } = useTranslation("segments");
  const told = useTold();
  const most = Math.max(1, ...kinds.map(({ customers }) => customers ?? 0));
  return (
    <Panel title={t("groups.kinds")}>
      <ul className={styles.kinds}>
        {kinds.map(({ code, title, about, customers }) => (
          <li key={code}>
            <span>
              <Link to={drawing(segment, { tag: code })}>{title}</Link>
              <small>{about}</small>
            </span>
            <span className={styles.track}>
              <span style={{ width: `${((customers ?? 0) / most) * 100}%` }} />
            </span>
            <span className="num">{told(customers, few)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
