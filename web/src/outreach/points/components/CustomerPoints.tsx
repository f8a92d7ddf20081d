import { Button, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { MINUS } from "@/shared/format/money";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "../../components/outreach.module.css";
import { useCustomerPoints, type Row } from "../api";
import { AwardDialog, RedeemDialog, UndoDialog } from "./Dialogs";

const FIRST = 5;
type Open = { what: "redeem" | "award" } | { what: "undo"; row: Row };

/** 积分: what the customer has, what expires next, how it came about, and what it buys. */
export function CustomerPoints({ customerId, name }: { customerId: number; name: string }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const found = useCustomerPoints(customerId);
  const [open, setOpen] = useState<Open | null>(null);
  const [all, setAll] = useState(false);
  const points = found.data;
  const close = () => setOpen(null);
  const dialog = points && { customerId, name, points, onClose: close };
  return (
    <Panel
      title={t("points.title")}
      extra={
        points?.may_work && (
          <span className={styles.tools}>
            {points.missions.length > 0 && (
              <Button onClick={() => setOpen({ what: "award" })}>{t("points.award")}</Button>
            )}
            {points.rewards.length > 0 && (
              <Button onClick={() => setOpen({ what: "redeem" })}>{t("points.redeem")}</Button>
            )}
          </span>
        )
      }
    >
      {found.error && !points && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 2 }} title={false} />}
      {points && (
        <>
          <div className={styles.figures}>
            <span>
              <strong>{count(points.balance)}</strong>
              <span className={styles.quiet}>
                {points.due
                  ? t("points.due", { points: count(points.due.points), on: format.date(points.due.on) })
                  : t("points.empty")}
              </span>
            </span>
          </div>
          {points.rows.length > 0 && (
            <ul className={styles.messages}>
              {points.rows.slice(0, all ? undefined : FIRST).map((row) => (
                <Line key={row.id} row={row} onUndo={() => setOpen({ what: "undo", row })} />
              ))}
            </ul>
          )}
          {!all && points.rows.length > FIRST && (
            <Button type="link" onClick={() => setAll(true)}>
              {t("points.more", { number: points.rows.length - FIRST })}
            </Button>
          )}
        </>
      )}
      {dialog && open?.what === "redeem" && <RedeemDialog {...dialog} />}
      {dialog && open?.what === "award" && <AwardDialog {...dialog} />}
      {dialog && open?.what === "undo" && <UndoDialog {...dialog} row={open.row} />}
    </Panel>
  );
}

function Line({ row, onUndo }: { row: Row; onUndo: () => void }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const { redemption } = row;
  const cancelled = redemption?.state === "CANCELLED";
  return (
    <li>
      <span className={styles.head}>
        <span>
          {t(`points.entry.${row.kind}`)} {row.name}
        </span>
        <strong>{`${row.points < 0 ? MINUS : "+"}${count(Math.abs(row.points))}`}</strong>
      </span>
      {row.why && <span className={styles.quiet}>{row.why}</span>}
      {redemption && (
        <span className={styles.quiet}>
          {redemption.code && t("points.code", { code: redemption.code })}{" "}
          {cancelled && <Tag variant="filled">{t("points.cancelled")}</Tag>}
        </span>
      )}
      <span className={styles.head}>
        <small className={styles.quiet}>
          {format.moment(row.at)} · {row.by || t("points.night")}
        </small>
        {(redemption?.may_cancel || row.may_reverse) && (
          <Button size="small" onClick={onUndo}>
            {t(redemption ? "points.cancel" : "points.reverse")}
          </Button>
        )}
      </span>
    </li>
  );
}
