import { HistoryOutlined } from "@ant-design/icons";
import { Button, Checkbox, DatePicker, Input, Select, Skeleton } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { DataTable, type Column } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import styles from "../components/audit.module.css";
import { Changes } from "../components/Changes";
import { HISTORY_KINDS, useHistory, type ChangeOut, type HistoryFilter } from "../historyApi";

const NOTHING: HistoryFilter = { kind: "", object: "", who: "", since: "", until: "", system: "" };
const CLEARED = Object.fromEntries(Object.keys(NOTHING).map((name) => [name, undefined]));

/** 变更历史: who changed what people decide, from what to what. */
export function Component() {
  const { t } = useTranslation(["access", "shared"]);
  const format = useFormat();
  const [filter, setFilter] = useUrlState<keyof HistoryFilter>({ ...NOTHING });
  const found = useHistory(filter);
  const rows = found.data?.pages.flatMap((page) => page.rows) ?? [];
  const kinds = found.data?.pages[0]?.kinds ?? HISTORY_KINDS;
  const columns: Column<ChangeOut>[] = [
    { key: "at", title: t("audit.column.at"), render: ({ at }) => <time>{format.moment(at)}</time> },
    {
      key: "who",
      title: t("audit.column.who"),
      render: ({ by, emp_no }) => (
        <span className={styles.who}>
          {by || t("history.system")}
          {emp_no && <small>{emp_no}</small>}
        </span>
      ),
    },
    {
      key: "what",
      title: t("history.what"),
      render: ({ kind, act, object_id, subject }) => (
        <span className={styles.who}>
          {`${t(`history.act.${act}`)} · ${t(`history.kind.${kind}`)}`}
          <small>
            {[t(`shared:role.${subject}`, { defaultValue: subject }), t("history.number", { id: object_id })]
              .filter(Boolean)
              .join(" · ")}
          </small>
        </span>
      ),
    },
    { key: "changes", title: t("history.changes"), wide: true, render: (row) => <Changes change={row} /> },
  ];
  return (
    <>
      <PageTitle question={t("history.question")} />
      <p className={styles.hint}>{t("history.hint")}</p>
      <Panel flush>
        <Filters filter={filter} kinds={kinds} onChange={setFilter} />
        {found.error && !found.data && (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        )}
        {found.isPending && <Skeleton className={styles.pad} active paragraph={{ rows: 10 }} />}
        {found.data && rows.length === 0 && (
          <EmptyState
            icon={<HistoryOutlined />}
            title={t("history.none.title")}
            hint={t("history.none.hint")}
          />
        )}
        {rows.length > 0 && <DataTable rowKey={({ id }) => id} columns={columns} rows={rows} />}
        {found.hasNextPage && (
          <div className={styles.more}>
            <Button loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {t("history.older")}
            </Button>
          </div>
        )}
      </Panel>
    </>
  );
}

interface FilterProps {
  filter: HistoryFilter;
  kinds: string[];
  onChange: (change: Partial<Record<keyof HistoryFilter, string | undefined>>) => void;
}

/** What narrows the history. A text counts when Enter is pressed or the field is left. */
function Filters({ filter, kinds, onChange }: FilterProps) {
  const { t } = useTranslation(["access", "shared"]);
  const narrowed = Object.values(filter).some(Boolean);
  const text = (name: "who" | "object", value: string) => {
    const said = name === "object" ? value.replace(/\D/g, "") : value.trim();
    if (said !== filter[name]) onChange({ [name]: said || undefined });
  };
  return (
    <div className={styles.filters}>
      <DatePicker.RangePicker
        className={styles.days}
        aria-label={t("audit.filter.days")}
        allowEmpty={[true, true]}
        value={[filter.since ? dayjs(filter.since) : null, filter.until ? dayjs(filter.until) : null]}
        onChange={(days) =>
          onChange({ since: days?.[0]?.format("YYYY-MM-DD"), until: days?.[1]?.format("YYYY-MM-DD") })
        }
      />
      <Select
        className={styles.action}
        allowClear
        aria-label={t("history.what")}
        placeholder={t("history.what")}
        value={filter.kind || null}
        onChange={(kind) => onChange({ kind: kind ?? undefined })}
        options={HISTORY_KINDS.filter((kind) => kinds.includes(kind)).map((kind) => ({
          value: kind,
          label: t(`history.kind.${kind}`),
        }))}
      />
      {(["who", "object"] as const).map((name) => (
        <Input
          key={`${name} ${filter[name]}`}
          className={styles.text}
          allowClear
          aria-label={t(`history.filter.${name}`)}
          placeholder={t(`history.filter.${name}`)}
          defaultValue={filter[name]}
          onPressEnter={(event) => text(name, event.currentTarget.value)}
          onBlur={(event) => text(name, event.currentTarget.value)}
          onClear={() => onChange({ [name]: undefined })}
        />
      ))}
      <Checkbox
        className={styles.check}
        checked={filter.system !== ""}
        onChange={({ target }) => onChange({ system: target.checked ? "1" : undefined })}
      >
        {t("history.withSystem")}
      </Checkbox>
      {narrowed && (
        <Button type="link" onClick={() => onChange(CLEARED)}>
          {t("shared:clear")}
        </Button>
      )}
    </div>
  );
}
