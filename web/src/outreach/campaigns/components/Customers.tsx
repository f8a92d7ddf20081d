import { Select, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useWhy } from "../../useWhy";
import { useCampaignCustomers } from "../api";
import { LETTERS, PARTS } from "../codes";
import type { CampaignCustomer } from "../types";
import styles from "./campaign.module.css";

const PAGE_SIZE = 50;
const COLOURS = {
  WAITING: "default",
  TOUCHED: "processing",
  REACHED: "success",
  HELD_OUT: "warning",
} as const;

interface Props {
  id: number;
  asked: { part: string; page: string };
  onAsk: (asked: { part?: string; page?: string }) => void;
}

/** Who takes part, in the order in which they are touched, and what was done with each. */
export function Customers({ id, asked, onAsk }: Props) {
  const { t } = useTranslation("outreach");
  const page = Number(asked.page) || 1;
  const found = useCampaignCustomers(id, asked.part, page);
  return (
    <Panel flush>
      <div className={styles.filters}>
        <Select
          aria-label={t("campaign.list.part")}
          popupMatchSelectWidth={false}
          value={asked.part}
          options={[
            { value: "", label: t("campaign.list.anyPart") },
            ...PARTS.map((value) => ({ value, label: t(`campaign.part.${value}`) })),
          ]}
          onChange={(part) => onAsk({ part, page: "1" })}
        />
        {found.data && (
          <span className={styles.quiet}>
            {t("campaign.list.total", { number: count(found.data.total) })}
          </span>
        )}
      </div>
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active className={styles.waiting} paragraph={{ rows: 6 }} />}
      {found.data &&
        (found.data.rows.length > 0 ? (
          <Table
            rows={found.data.rows}
            page={page}
            total={found.data.total}
            onPage={(to) => onAsk({ page: String(to) })}
          />
        ) : (
          <EmptyState
            title={t("campaign.list.none")}
            hint={t(asked.part ? "campaign.list.noneHint" : "campaign.list.emptyHint")}
          />
        ))}
    </Panel>
  );
}

interface TableProps {
  rows: CampaignCustomer[];
  page: number;
  total: number;
  onPage: (page: number) => void;
}

function Table({ rows, page, total, onPage }: TableProps) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const why = useWhy();
  return (
    <DataTable
      rowKey={({ customer_id }) => customer_id}
      rows={rows}
      pages={{ page, pageSize: PAGE_SIZE, total, onPage }}
      columns={[
        {
          key: "name",
          title: t("campaign.list.name"),
          render: ({ customer_id, name }) => <Link to={`/customers/${customer_id}`}>{name}</Link>,
        },
        {
          key: "place",
          title: t("campaign.list.place"),
          align: "right",
          render: ({ place }) => count(place),
        },
        {
          key: "part",
          title: t("campaign.list.part"),
          render: ({ part }) => (
            <Tag variant="filled" color={COLOURS[part]}>
              {t(`campaign.part.${part}`)}
            </Tag>
          ),
        },
        {
          key: "message",
          title: t("campaign.list.message"),
          render: (row) =>
            row.message && row.asked_at ? (
              <span className={styles.stack}>
                {[
                  row.variant !== null && LETTERS[row.variant],
                  row.channel && t(`channel.${row.channel}`),
                  t(`state.${row.message}`),
                ]
                  .filter(Boolean)
                  .join(" · ")}
                {row.instead_of && (
                  <small>
                    {t("channels.otherwise.insteadOf", { channel: t(`channel.${row.instead_of}`) })}
                  </small>
                )}
                <small>{why(row.why) || format.moment(row.asked_at)}</small>
              </span>
            ) : (
              "—"
            ),
        },
        {
          key: "lead",
          title: t("campaign.list.lead"),
          render: ({ lead_on }) => (lead_on ? format.shortDate(lead_on) : "—"),
        },
        {
          key: "reached",
          title: t("campaign.list.reached"),
          render: ({ reached_on }) => (reached_on ? format.shortDate(reached_on) : "—"),
        },
      ]}
    />
  );
}
