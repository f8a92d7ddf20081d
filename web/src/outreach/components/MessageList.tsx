import { MessageOutlined } from "@ant-design/icons";
import { Button, Select, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useMessages, type Message } from "../api";
import { STATES, WHYS } from "../codes";
import { useWhy } from "../useWhy";
import { InsteadOf, MessageState } from "./Labels";
import styles from "./outreach.module.css";

type Change = (change: { state?: string; why?: string }) => void;

/** Messages, the newest first, narrowed by state and reason. */
export function MessageList({ state, why, onChange }: { state: string; why: string; onChange: Change }) {
  const { t } = useTranslation("outreach");
  const said = useWhy();
  const found = useMessages(state, why);
  const rows = found.data?.pages.flatMap((page) => page.rows) ?? [];
  const whys: string[] = WHYS.some((one) => one === why) || !why ? [...WHYS] : [...WHYS, why];
  return (
    <Panel
      title={t("messages.list")}
      extra={
        <span className={styles.tools}>
          <Select
            aria-label={t("messages.state")}
            value={state}
            popupMatchSelectWidth={false}
            options={[
              { value: "", label: t("messages.anyState") },
              ...STATES.map((value) => ({ value, label: t(`state.${value}`) })),
            ]}
            onChange={(value) => onChange({ state: value })}
          />
          <Select
            aria-label={t("messages.why")}
            value={why}
            popupMatchSelectWidth={false}
            options={[
              { value: "", label: t("messages.anyWhy") },
              ...whys.map((value) => ({ value, label: said(value) })),
            ]}
            onChange={(value) => onChange({ why: value })}
          />
        </span>
      }
      flush
    >
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {found.data && rows.length === 0 && (
        <EmptyState
          icon={<MessageOutlined />}
          title={t(state || why ? "messages.noneSuch" : "messages.none")}
          hint={t(state || why ? "messages.noneSuchHint" : "messages.noneHint")}
        />
      )}
      {rows.length > 0 && <Rows rows={rows} />}
      {found.hasNextPage && (
        <Button
          type="text"
          block
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t("messages.older")}
        </Button>
      )}
    </Panel>
  );
}

function Rows({ rows }: { rows: Message[] }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const why = useWhy();
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      columns={[
        {
          key: "customer",
          title: t("messages.customer"),
          render: (row) => <Link to={`/customers/${row.customer_id}`}>{row.customer}</Link>,
        },
        {
          key: "template",
          title: t("list.name"),
          render: (row) => (
            <span className={styles.stack}>
              {row.template}
              <small>
                {t(`channel.${row.channel}`)} · {t(`kind.${row.kind}`)}
              </small>
              <InsteadOf message={row} />
            </span>
          ),
        },
        {
          key: "state",
          title: t("messages.state"),
          wide: true,
          render: (row) => (
            <span className={styles.stack}>
              <MessageState state={row.state} />
              {row.why && <small>{why(row.why)}</small>}
              {row.next_at && row.why && (
                <small>{t("messages.again", { at: format.moment(row.next_at) })}</small>
              )}
            </span>
          ),
        },
        { key: "by", title: t("messages.by"), render: ({ by }) => by ?? t("messages.job") },
        { key: "at", title: t("messages.at"), render: ({ made_at }) => format.moment(made_at) },
        {
          key: "gone",
          title: t("messages.gone"),
          render: ({ receipt_at, gone_at }) => {
            const at = receipt_at ?? gone_at;
            return at ? format.moment(at) : "—";
          },
        },
      ]}
    />
  );
}
