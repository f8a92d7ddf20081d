import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Amount } from "@/shared/components/Amount";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { StageTag, TierTag } from "@/shared/components/Tags";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { type Member, type Segment, useMembers } from "../storeApi";
import { useTold } from "./LivePanel";
import { FoundOn } from "./marks";
import styles from "./segment.module.css";

const DEFAULTS = { page: "1", sort: "-aum" };
const SORTS = ["-aum", "aum", "-entered", "entered"] as const;
const PAGE_SIZE = 50;

/** Who is in a segment, of the viewer's customers, and since when. */
export function Members({ segment: { code, few, as_of } }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const told = useTold();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const page = Number(url.page) || 1;
  const found = useMembers(code, page, url.sort);
  const columns: Column<Member>[] = [
    {
      key: "name",
      title: t("members.name"),
      render: ({ id, name, cust_no }) => (
        <span className={styles.name}>
          <Link to={`/customers/${id}`}>{name}</Link>
          <small>{cust_no}</small>
        </span>
      ),
    },
    { key: "tier", title: t("live.tiers"), render: ({ tier }) => <TierTag tier={tier} /> },
    { key: "stage", title: t("live.stages"), render: ({ stage }) => <StageTag stage={stage} /> },
    {
      key: "aum",
      title: t("members.aum"),
      align: "right",
      render: ({ aum }) => <Amount value={aum} banded={few > 0} />,
    },
    { key: "org", title: t("live.orgs"), render: ({ org_name }) => org_name },
    {
      key: "entered",
      title: t("members.entered"),
      render: ({ entered }) => (entered ? format.date(entered) : t("members.before")),
    },
  ];
  if (found.error && !found.data)
    return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return null;
  const { rows, total, pages } = found.data;
  return (
    <Panel flush>
      <div className={styles.filters}>
        <Select
          aria-label={t("members.sort")}
          popupMatchSelectWidth={false}
          value={url.sort}
          onChange={(sort) => setUrl({ sort, page: undefined })}
          options={SORTS.map((sort) => ({ value: sort, label: t(`members.by.${sort}`) }))}
        />
        <span className={styles.quiet}>{t("members.total", { customers: told(total, few) })}</span>
        <FoundOn asOf={as_of} />
      </div>
      {rows.length ? (
        <DataTable
          rowKey={({ id }) => id}
          columns={columns}
          rows={rows}
          pages={{
            page,
            pageSize: PAGE_SIZE,
            total: total ?? pages * PAGE_SIZE,
            onPage: (to) => setUrl({ page: String(to) }),
          }}
        />
      ) : (
        <EmptyState title={t("members.none")} hint={t("members.noneHint")} />
      )}
    </Panel>
  );
}
