import { Select, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "../../campaigns/components/campaign.module.css";
import { useWhy } from "../../useWhy";
import { useGuests } from "../api";
import { PARTS } from "../codes";
import type { Guest, Part, SalonDetail } from "../types";
import { GuestDeeds } from "./GuestDeeds";
import { Invite } from "./Invite";
import { GuestState } from "./State";

const PAGE_SIZE = 50;

interface Props {
  salon: SalonDetail;
  asked: { part: string; page: string };
  onAsk: (asked: { part?: string; page?: string }) => void;
}

/** The viewer's guests: who comes, who waits, who has come. */
export function Guests({ salon, asked, onAsk }: Props) {
  const { t } = useTranslation("outreach");
  const page = Number(asked.page) || 1;
  const part = PARTS.find((code) => code === asked.part) ?? "";
  const found = useGuests(salon.id, part satisfies Part, page, salon.door);
  return (
    <Panel flush>
      <div className={styles.filters}>
        <Select
          aria-label={t("salon.list.part")}
          popupMatchSelectWidth={false}
          value={part}
          options={[
            { value: "", label: t("salon.list.anyPart") },
            ...PARTS.map((value) => ({ value, label: t(`salon.part.${value}`) })),
          ]}
          onChange={(to) => onAsk({ part: to, page: "1" })}
        />
        {salon.may_invite && <Invite salon={salon} />}
        {found.data && (
          <span className={styles.quiet}>{t("salon.list.total", { number: count(found.data.total) })}</span>
        )}
      </div>
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active className={styles.waiting} paragraph={{ rows: 6 }} />}
      {found.data &&
        (found.data.rows.length > 0 ? (
          <Rows
            salon={salon}
            rows={found.data.rows}
            pages={{
              page,
              pageSize: PAGE_SIZE,
              total: found.data.total,
              onPage: (to) => onAsk({ page: String(to) }),
            }}
          />
        ) : (
          <EmptyState
            title={t(part ? "salon.list.noneSuch" : "salon.list.none")}
            hint={t(
              part
                ? "salon.list.noneSuchHint"
                : salon.may_invite
                  ? "salon.list.noneHint"
                  : "salon.list.noneOthers",
            )}
          />
        ))}
    </Panel>
  );
}

interface RowsProps {
  salon: SalonDetail;
  rows: Guest[];
  pages: { page: number; pageSize: number; total: number; onPage: (page: number) => void };
}

function Rows({ salon, rows, pages }: RowsProps) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const why = useWhy();
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      pages={pages}
      columns={[
        {
          key: "name",
          title: t("campaign.list.name"),
          render: ({ customer_id, name, unsuited }) => (
            <span className={styles.tools}>
              <Link to={`/customers/${customer_id}`}>{name}</Link>
              {unsuited && (
                <Tag variant="filled" color="warning" title={t("salon.unsuitedHint")}>
                  {t("salon.unsuited")}
                </Tag>
              )}
            </span>
          ),
        },
        {
          key: "state",
          title: t("salon.list.part"),
          render: (row) => (
            <span className={styles.stack}>
              <span className={styles.tools}>
                <GuestState guest={row} />
                {row.moved_up && <Tag variant="filled">{t("salon.movedUp")}</Tag>}
              </span>
              {row.answered_at && (
                <small>
                  {t(row.by_page ? "salon.byPage" : "salon.byHand", { at: format.moment(row.answered_at) })}
                </small>
              )}
            </span>
          ),
        },
        {
          key: "seats",
          title: t("salon.list.seats"),
          align: "right",
          render: ({ seats, state }) => (
            <span className={styles.figure}>
              {state === "COMING" || state === "WAITING" ? count(seats) : "—"}
            </span>
          ),
        },
        {
          key: "message",
          title: t("campaign.list.message"),
          render: (row) =>
            row.message ? (
              <span className={styles.stack}>
                {t(`state.${row.message}`)}
                {row.why && <small>{why(row.why)}</small>}
              </span>
            ) : (
              <span className={styles.stack}>
                {t("salon.byWord")}
                <small>{row.invited_by}</small>
              </span>
            ),
        },
        {
          key: "deeds",
          title: t("salon.list.deeds"),
          wide: true,
          render: (row) => <GuestDeeds salon={salon} guest={row} />,
        },
      ]}
    />
  );
}
