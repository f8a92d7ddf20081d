import { SwapOutlined } from "@ant-design/icons";
import { Button, Segmented, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { Amount } from "@/shared/components/Amount";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { HandoverActions } from "../components/HandoverActions";
import { HandoverDrawer } from "../components/HandoverDrawer";
import { HandoverForm } from "../components/HandoverForm";
import styles from "../components/ownership.module.css";
import { useGivers, useHandovers, type Colleague, type HandoverOut } from "../ownershipApi";

const DEFAULTS = { box: "open", page: "1", id: "" };
const PAGE_SIZE = 50;
const COLOURS: Record<string, string> = { REJECTED: "error", APPROVED: "success", EFFECTIVE: "success" };

/** 客户移交: what waits for one's word, and whose customers must be handed over. */
export function Component() {
  const { t } = useTranslation(["customers", "shared"]);
  const me = useMe();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const [making, setMaking] = useState<{ giver?: Colleague } | null>(null);
  const box = url.box === "closed" ? "closed" : "open";
  const page = Number(url.page) || 1;
  const found = useHandovers(box, page);
  const givers = useGivers();
  const leavers = (givers.data ?? []).filter(({ is_active }) => !is_active);
  const masked = me.data?.role === "RETAIL_MGR";
  return (
    <>
      <PageTitle
        question={t("handover.question")}
        asOf={me.data?.freshness.biz_date}
        extra={
          <Button
            type="primary"
            icon={<SwapOutlined />}
            disabled={!givers.data?.length}
            onClick={() => setMaking({})}
          >
            {t("handover.make")}
          </Button>
        }
      />
      <div className={styles.page}>
        {leavers.length > 0 && (
          <Panel title={t("handover.leavers")}>
            <ul className={styles.leavers}>
              {leavers.map((leaver) => (
                <li key={leaver.user.id}>
                  <span>
                    {t("handover.leaver", {
                      name: leaver.user.name,
                      org: leaver.org_name,
                      count: leaver.customers,
                    })}
                  </span>
                  <Button size="small" onClick={() => setMaking({ giver: leaver })}>
                    {t("handover.all")}
                  </Button>
                </li>
              ))}
            </ul>
          </Panel>
        )}
        <Panel flush>
          <div className={styles.bar}>
            <Segmented
              value={box}
              onChange={(value) => setUrl({ box: value, page: undefined })}
              options={[
                { value: "open", label: t("handover.box.open") },
                { value: "closed", label: t("handover.box.closed") },
              ]}
            />
            {box === "open" && found.data && (
              <span className={styles.quiet}>{t("handover.waiting", { count: found.data.waiting })}</span>
            )}
          </div>
          {found.error && !found.data && (
            <ProblemView error={found.error} onRetry={() => void found.refetch()} />
          )}
          {found.isPending && <Skeleton active className={styles.bar ?? ""} />}
          {found.data?.total === 0 && (
            <EmptyState
              icon={<SwapOutlined />}
              title={t(`handover.empty.${box}`)}
              hint={t("handover.empty.hint")}
            />
          )}
          {found.data && found.data.total > 0 && (
            <List
              rows={found.data.rows}
              banded={masked}
              pages={{ page, pageSize: PAGE_SIZE, total: box === "open" ? 0 : found.data.total }}
              onPage={(to) => setUrl({ page: String(to) })}
              onOpen={(id) => setUrl({ id: String(id) })}
            />
          )}
        </Panel>
      </div>
      <HandoverDrawer id={url.id ? Number(url.id) : null} onClose={() => setUrl({ id: undefined })} />
      {making && givers.data && (
        <HandoverForm givers={givers.data} giver={making.giver} onClose={() => setMaking(null)} />
      )}
    </>
  );
}

interface ListProps {
  rows: HandoverOut[];
  banded: boolean;
  pages: { page: number; pageSize: number; total: number };
  onPage: (page: number) => void;
  onOpen: (id: number) => void;
}

function List({ rows, banded, pages, onPage, onOpen }: ListProps) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const columns: Column<HandoverOut>[] = [
    {
      key: "who",
      title: t("handover.whoToWhom"),
      render: (row) => (
        <button type="button" className={styles.open} onClick={() => onOpen(row.id)}>
          {t("handover.fromTo", { from: row.giver.name, to: row.receiver.name })}
          <small>
            {row.giver_org === row.receiver_org
              ? row.giver_org
              : t("handover.fromTo", { from: row.giver_org, to: row.receiver_org })}
          </small>
        </button>
      ),
    },
    { key: "reason", title: t("handover.why"), render: ({ reason }) => t(`handover.reason.${reason}`) },
    {
      key: "customers",
      title: t("handover.customers"),
      align: "right",
      render: ({ customers, conflicts }) => (
        <span className={styles.stack}>
          {count(customers)}
          {conflicts > 0 && <small>{t("handover.stay", { count: conflicts })}</small>}
        </span>
      ),
    },
    {
      key: "aum",
      title: t("handover.aum"),
      align: "right",
      render: ({ aum }) => <Amount value={aum} banded={banded} />,
    },
    {
      key: "status",
      title: t("handover.state"),
      render: (row) => (
        <span className={styles.stack}>
          <Tag color={COLOURS[row.status] ?? "default"} variant="filled">
            {t(`handover.status.${row.status}`)}
          </Tag>
          {row.effective_on && (
            <small>
              {t(row.status === "APPROVED" ? "handover.from" : "handover.since", {
                date: format.date(row.effective_on),
              })}
            </small>
          )}
          {row.status === "ACCEPTED" && (
            <small>
              {row.sides
                .filter(({ by }) => !by)
                .map(({ side, org_name }) => org_name || t(`handover.side.${side}`))
                .join(" · ")}
            </small>
          )}
        </span>
      ),
    },
    { key: "actions", title: "", render: (row) => <HandoverActions handover={row} /> },
  ];
  return <DataTable rowKey={({ id }) => id} columns={columns} rows={rows} pages={{ ...pages, onPage }} />;
}
