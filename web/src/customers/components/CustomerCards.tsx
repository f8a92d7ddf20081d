import { Checkbox, Pagination, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Amount } from "@/shared/components/Amount";
import { Sparkline } from "@/shared/components/Sparkline";
import { StageTag, TierTag } from "@/shared/components/Tags";
import { useFormat } from "@/shared/hooks/useFormat";
import type { CustomerRow } from "../api";
import { COLUMNS } from "../columns";
import styles from "./customers.module.css";

interface Props {
  rows: CustomerRow[];
  loading: boolean;
  banded: boolean;
  page: number;
  total: number;
  pageSize: number;
  /** The columns that the viewer has chosen; empty: the usual card. */
  columns: string[];
  /** Chosen for a bulk action; undefined while none are being chosen. */
  chosen: number[] | undefined;
  onChoose: (ids: number[]) => void;
  onPage: (page: number) => void;
}

/** The list on a phone: one card per customer. */
export function CustomerCards(props: Props) {
  const { rows, loading, banded, page, total, pageSize, columns, chosen, onChoose, onPage } = props;
  const { t } = useTranslation("customers");
  const format = useFormat();
  if (loading && rows.length === 0)
    return <Skeleton active paragraph={{ rows: 10 }} className={styles.pad} />;
  return (
    <>
      <ul className={styles.cards}>
        {rows.map((row) => (
          <li key={row.id} className={chosen && styles.choosing}>
            {chosen && (
              <Checkbox
                className={styles.cardCheck}
                aria-label={t("bulk.one", { name: row.name })}
                checked={chosen.includes(row.id)}
                onChange={({ target }) =>
                  onChoose(target.checked ? [...chosen, row.id] : chosen.filter((id) => id !== row.id))
                }
              />
            )}
            <Link to={`/customers/${row.id}`} className={styles.card}>
              <span className={styles.cardWho}>
                <strong>{row.name}</strong>
                {!columns.length && (
                  <>
                    <TierTag tier={row.tier} />
                    <StageTag stage={row.stage} />
                    {row.tags.map((tag) => (
                      <Tag key={tag.id} variant="filled" className={styles.mark}>
                        {tag.name}
                      </Tag>
                    ))}
                  </>
                )}
              </span>
              {columns.length ? (
                <dl className={styles.cardFacts}>
                  {columns.map(
                    (name) =>
                      name !== "name" && (
                        <div key={name}>
                          <dt>{t(`columnName.${name}`)}</dt>
                          <dd>{COLUMNS[name]?.render(row, { t, format, banded })}</dd>
                        </div>
                      ),
                  )}
                </dl>
              ) : (
                <>
                  <strong className={styles.cardMoney}>
                    <Amount value={row.aum} banded={banded} />
                  </strong>
                  <small className={styles.quiet}>
                    {row.last_contact
                      ? `${t("column.lastContact")} ${format.shortDate(row.last_contact)}`
                      : t("neverContacted")}
                  </small>
                  <Sparkline values={row.months} width={72} height={20} />
                </>
              )}
            </Link>
          </li>
        ))}
      </ul>
      <Pagination
        className={styles.cardPages}
        simple
        current={page}
        pageSize={pageSize}
        total={total}
        showSizeChanger={false}
        onChange={onPage}
      />
    </>
  );
}
