import { Checkbox, Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Amount } from "@/shared/components/Amount";
import { type Column, DataTable, type Pages } from "@/shared/components/DataTable";
import { TierTag } from "@/shared/components/Tags";
import { percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { AlertRow } from "../api";
import { BandTag } from "./BandTag";
import styles from "./scoring.module.css";

interface Props {
  rows: AlertRow[];
  banded: boolean;
  night: string;
  pages: Pages;
  /** Customers chosen; without it none can be. */
  picked?: number[] | undefined;
  onPick: (picked: number[]) => void;
}

const SHOWN = 3;

/** Who may leave, why, and what was done about it. */
export function AlertTable({ rows, banded, night, pages, picked, onPick }: Props) {
  const { t } = useTranslation(["scoring", "care"]);
  const format = useFormat();
  const columns: Column<AlertRow>[] = [
    {
      key: "name",
      title: t("board.customer"),
      render: (row) => (
        <span className={styles.stack}>
          <span className={styles.inline}>
            {picked && (
              <Checkbox
                aria-label={t("board.pick", { name: row.name })}
                checked={picked.includes(row.customer_id)}
                onChange={({ target }) =>
                  onPick(
                    target.checked
                      ? [...picked, row.customer_id]
                      : picked.filter((id) => id !== row.customer_id),
                  )
                }
              />
            )}
            <Link to={`/customers/${row.customer_id}`}>{row.name}</Link> <TierTag tier={row.tier} />
            {row.held_out && (
              <Tooltip title={t("board.heldOutHint", { experiment: row.held_out })}>
                <Tag color="warning">{t("board.heldOut")}</Tag>
              </Tooltip>
            )}
          </span>
          <small>{[row.manager?.name ?? t("board.nobody"), row.org_name].join(" · ")}</small>
        </span>
      ),
    },
    {
      key: "band",
      title: t("board.risk"),
      render: ({ band, probability }) => (
        <span className={styles.inline}>
          <BandTag band={band} /> {percent(probability, 0)}
        </span>
      ),
    },
    {
      key: "risk",
      title: t("board.atRisk"),
      align: "right",
      render: ({ aum, aum_at_risk }) => (
        <span className={styles.amounts}>
          <Amount value={aum_at_risk} banded={banded} />
          <small>
            {t("board.aum")} <Amount value={aum} banded={banded} />
          </small>
        </span>
      ),
    },
    {
      key: "why",
      title: t("board.why"),
      wide: true,
      render: ({ reasons }) => (
        <Tooltip
          title={reasons.length > SHOWN ? reasons.slice(SHOWN).map((why) => <div key={why}>{why}</div>) : ""}
        >
          <ul className={styles.why}>
            {reasons.slice(0, SHOWN).map((why) => (
              <li key={why}>{why}</li>
            ))}
          </ul>
        </Tooltip>
      ),
    },
    {
      key: "since",
      title: t("board.since"),
      render: (row) => (
        <span className={styles.stack}>
          {format.shortDate(row.entered_on, night)}
          {row.is_new && row.ended_on === null && (
            <Tag color="blue" variant="filled">
              {t("board.isNew")}
            </Tag>
          )}
          {row.ended_on && <small>{t("board.ended", { date: format.shortDate(row.ended_on, night) })}</small>}
        </span>
      ),
    },
    {
      key: "done",
      title: t("board.done"),
      wide: true,
      render: (row) => <Done row={row} night={night} />,
    },
    {
      key: "standing",
      title: t("board.standing"),
      render: (row) => (
        <span className={styles.stack}>
          <span className={row.outcome === "LOST" ? styles.late : undefined}>
            {t(`outcome.${row.outcome}`)}
          </span>
          {row.held !== null && <small>{t("board.held", { percent: percent(row.held, 0) })}</small>}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      rowKey={(row) => `${row.customer_id}-${row.entered_on}`}
      columns={columns}
      rows={rows}
      pages={pages}
    />
  );
}

/** The last contact, the open task, and what the manager said to the score. */
function Done({ row, night }: { row: AlertRow; night: string }) {
  const { t } = useTranslation(["scoring", "care"]);
  const format = useFormat();
  const contact = row.last_contact;
  return (
    <span className={styles.stack}>
      {row.feedback && <Tag color="default">{t(`feedback.${row.feedback}`)}</Tag>}
      {row.acted_at === null && !row.feedback && <span className={styles.idle}>{t("board.nothingYet")}</span>}
      {contact && (
        <small>
          {format.shortDate(contact.at.slice(0, 10), night)} {t(`care:channel.${contact.channel}`)} ·{" "}
          {t(`care:result.${contact.result}`)}
        </small>
      )}
      {row.task && <small>{t("board.task", { date: format.shortDate(row.task.due_on, night) })}</small>}
    </span>
  );
}
