import { Pagination, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Amount } from "@/shared/components/Amount";
import { Sparkline } from "@/shared/components/Sparkline";
import { StageTag, TierTag } from "@/shared/components/Tags";
import { useFormat } from "@/shared/hooks/useFormat";
import type { CustomerRow } from "../api";
import styles from "./customers.module.css";

interface Props {
  rows: CustomerRow[];
  loading: boolean;
  banded: boolean;
  page: number;
  total: number;
  pageSize: number;
  onPage: (page: number) => void;
}

/** The list on a phone: one card per customer. */
export function CustomerCards({ rows, loading, banded, page, total, pageSize, onPage }: Props) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  if (loading && rows.length === 0)
    return <Skeleton active paragraph={{ rows: 10 }} className={styles.pad} />;
  return (
    <>
      <ul className={styles.cards}>
        {rows.map((row) => (
          <li key={row.id}>
            <Link to={`/customers/${row.id}`} className={styles.card}>
              <span className={styles.cardWho}>
                <strong>{row.name}</strong>
                <TierTag tier={row.tier} />
                <StageTag stage={row.stage} />
                {row.tags.map((tag) => (
                  <Tag key={tag.id} variant="filled" className={styles.mark}>
                    {tag.name}
                  </Tag>
                ))}
              </span>
              <strong className={styles.cardMoney}>
                <Amount value={row.aum} banded={banded} />
              </strong>
              <small className={styles.quiet}>
                {row.last_contact
                  ? `${t("column.lastContact")} ${format.shortDate(row.last_contact)}`
                  : t("neverContacted")}
              </small>
              <Sparkline values={row.months} width={72} height={20} />
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
