import { InboxOutlined, ThunderboltOutlined } from "@ant-design/icons";
import { App, Button, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { Amount } from "@/shared/components/Amount";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { StageTag, TierTag } from "@/shared/components/Tags";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { useUrlState } from "@/shared/hooks/useUrlState";
import type { Schemas } from "@/app/client";
import { TIERS } from "../codes";
import styles from "../components/ownership.module.css";
import { Matters } from "../components/Matters";
import { PersonSelect } from "../components/PersonSelect";
import { Claims, IdleSoon } from "../components/PoolSides";
import { PlanDialog } from "../components/PlanDialog";
import { useAssignCustomers, useClaim, usePool } from "../ownershipApi";

const DEFAULTS = { tier: "", page: "1" };
const PAGE_SIZE = 50;

/** 公海: customers whom nobody looks after, to be claimed or assigned. */
export function Component() {
  const { t } = useTranslation(["customers", "shared"]);
  const me = useMe();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const [planning, setPlanning] = useState(false);
  const page = Number(url.page) || 1;
  const found = usePool(url.tier ? url.tier.split(",").map(Number) : [], page);
  const rights = me.data?.rights ?? [];
  const head = rights.includes("pool.assign");
  return (
    <>
      <PageTitle
        question={t(head ? "poolPage.questionHead" : "poolPage.question")}
        asOf={me.data?.freshness.biz_date}
        extra={
          head ? (
            <Button type="primary" icon={<ThunderboltOutlined />} onClick={() => setPlanning(true)}>
              {t("poolPage.auto")}
            </Button>
          ) : (
            found.data && (
              <span className={styles.quiet}>{t("poolPage.left", { count: found.data.claims_left })}</span>
            )
          )
        }
      />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {found.data && (
        <div className={styles.page}>
          {found.data.claims.length > 0 && <Claims claims={found.data.claims} head={head} />}
          {found.data.idle.length > 0 && <IdleSoon rows={found.data.idle} head={head} />}
          <Panel flush>
            <div className={styles.bar}>
              <Select
                mode="multiple"
                aria-label={t("poolPage.tier")}
                placeholder={t("poolPage.tier")}
                style={{ minWidth: 200 }}
                value={url.tier ? url.tier.split(",").map(Number) : []}
                onChange={(tiers) => setUrl({ tier: tiers.join(",") || undefined, page: undefined })}
                options={TIERS.map((tier) => ({ value: tier, label: t(`shared:tier.${tier}`) }))}
              />
              <span className={styles.quiet}>
                {t(found.data.total >= 10_000 ? "poolPage.many" : "poolPage.total", {
                  count: count(found.data.total),
                })}
              </span>
            </div>
            {found.data.total === 0 ? (
              <EmptyState
                icon={<InboxOutlined />}
                title={t(url.tier ? "poolPage.empty.filtered" : "poolPage.empty.title")}
                hint={t("poolPage.empty.hint")}
              />
            ) : (
              <Table
                rows={found.data.rows}
                banded={found.data.banded}
                head={head}
                claimsLeft={found.data.claims_left}
                pages={{ page, pageSize: PAGE_SIZE, total: found.data.total }}
                onPage={(to) => {
                  setUrl({ page: String(to) });
                  window.scrollTo({ top: 0 });
                }}
              />
            )}
          </Panel>
        </div>
      )}
      {planning && <PlanDialog onClose={() => setPlanning(false)} />}
    </>
  );
}

interface TableProps {
  rows: Schemas["PoolRow"][];
  banded: boolean;
  head: boolean;
  claimsLeft: number;
  pages: { page: number; pageSize: number; total: number };
  onPage: (page: number) => void;
}

function Table({ rows, banded, head, claimsLeft, pages, onPage }: TableProps) {
  const { t } = useTranslation(["customers", "shared"]);
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const format = useFormat();
  const claim = useClaim();
  const assign = useAssignCustomers();
  const columns: Column<Schemas["PoolRow"]>[] = [
    {
      key: "name",
      title: t("poolPage.name"),
      render: ({ name, matters }) => (
        <span className={styles.stack}>
          <b>{name}</b>
          <Matters matters={matters} />
        </span>
      ),
    },
    { key: "tier", title: t("poolPage.tier"), render: ({ tier }) => <TierTag tier={tier} /> },
    { key: "stage", title: t("poolPage.stage"), render: ({ stage }) => <StageTag stage={stage} /> },
    {
      key: "aum",
      title: t("poolPage.aum"),
      align: "right",
      render: ({ aum }) => <Amount value={aum} banded={banded} />,
    },
    { key: "org", title: t("poolPage.org"), render: ({ org_name }) => org_name },
    {
      key: "since",
      title: t("poolPage.since"),
      render: ({ since }) =>
        since ? format.shortDate(since) : <span className={styles.quiet}>{t("poolPage.never")}</span>,
    },
    { key: "tasks", title: t("poolPage.tasks"), align: "right", render: (row) => count(row.open_tasks) },
    {
      key: "action",
      title: "",
      render: (row) =>
        head ? (
          <span style={{ display: "inline-grid", width: 220 }}>
            <PersonSelect
              value={null}
              placeholder={t("poolPage.assign")}
              onChange={(userId) =>
                assign.mutate([{ customer_id: row.id, user_id: userId }], {
                  onSuccess: ({ done }) =>
                    void (done
                      ? message.success(t("poolPage.assigned"))
                      : message.warning(t("poolPage.gone"))),
                  onError: notice,
                })
              }
            />
          </span>
        ) : (
          <span className={styles.actions}>
            <Button
              size="small"
              type="primary"
              disabled={claimsLeft === 0}
              loading={claim.isPending && claim.variables === row.id}
              onClick={() =>
                claim.mutate(row.id, {
                  onSuccess: () => void message.success(t("poolPage.claimed")),
                  onError: notice,
                })
              }
            >
              {t("poolPage.claim")}
            </Button>
          </span>
        ),
    },
  ];
  return <DataTable rowKey={({ id }) => id} columns={columns} rows={rows} pages={{ ...pages, onPage }} />;
}
