import { Button, Skeleton } from "antd";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { Amount } from "@/shared/components/Amount";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useTransactions } from "../profileApi";
import styles from "./profile.module.css";

/** More would push the rest of the page out of a phone's reach. */
const FIRST_ROWS = 12;

function Line({ row, banded }: { row: Schemas["TransactionOut"]; banded: boolean }) {
  const { t } = useTranslation("customers");
  const other = [
    row.own_name ? t("ownAccount") : row.opp_name_masked,
    row.opp_bank,
    row.remark,
    row.channel && t(`txnChannel.${row.channel}`, { defaultValue: row.channel }),
  ];
  const incoming = row.direction === "IN";
  return (
    <li className={styles.txn}>
      <span className={styles.stack}>
        {t(`txn.${row.kind}`, { defaultValue: row.kind })}
        <small>{[...new Set(other.filter(Boolean))].join(" · ")}</small>
      </span>
      <span className={`${styles.stack} num`}>
        <span className={incoming ? styles.in : undefined}>
          {row.ccy !== "CNY" && <small>{row.ccy} </small>}
          <Amount
            value={incoming || Number(row.amount) === 0 ? row.amount : `-${row.amount}`}
            banded={banded}
          />
        </span>
        <small>
          {row.acct_masked} {row.txn_time?.slice(0, 5)}
        </small>
      </span>
    </li>
  );
}

/** Recent dealings by day, newest first; older ones on demand. */
export function Transactions({ customerId, banded }: { customerId: number; banded: boolean }) {
  const { t } = useTranslation(["customers", "shared"]);
  const format = useFormat();
  const found = useTransactions(customerId);
  const [all, setAll] = useState(false);
  const loaded = found.data?.pages.flatMap((page) => page.rows) ?? [];
  const rows = all ? loaded : loaded.slice(0, FIRST_ROWS);
  const folded = rows.length < loaded.length;
  return (
    <Panel title={t("section.transactions")}>
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && rows.length === 0 && <p className={styles.quiet}>{t("txnEmpty")}</p>}
      <ul className={styles.txns}>
        {rows.map((row, n) => (
          <Fragment key={`${row.txn_date}${n}`}>
            {row.txn_date !== rows[n - 1]?.txn_date && (
              <li className={styles.day}>{format.date(row.txn_date)}</li>
            )}
            <Line row={row} banded={banded} />
          </Fragment>
        ))}
      </ul>
      {(folded || found.hasNextPage) && (
        <Button
          block
          loading={found.isFetchingNextPage}
          onClick={() => {
            setAll(true);
            if (!folded) void found.fetchNextPage();
          }}
        >
          {t("shared:more")}
        </Button>
      )}
    </Panel>
  );
}
