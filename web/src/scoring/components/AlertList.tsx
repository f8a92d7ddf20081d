import { Button, Checkbox, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import type { Schemas } from "@/app/client";
import { PlanTask } from "@/care/components/PlanTask";
import { TIERS } from "@/customers/codes";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { type AlertQuery, useAlerts } from "../api";
import type { Board, Change } from "../board";
import { STATES } from "../codes";
import { AlertTable } from "./AlertTable";
import styles from "./scoring.module.css";

const PAGE_SIZE = 50;

interface Props {
  url: Board;
  org: number | null;
  manager: number | null;
  summary: Schemas["ChurnSummary"];
  night: string;
  narrow: (change: Change) => void;
}

/** The customers of the board, narrowed as one likes; of those chosen a contact is planned. */
export function AlertList({ url, org, manager, summary, night, narrow }: Props) {
  const { t } = useTranslation(["scoring", "shared"]);
  const page = Number(url.page) || 1;
  const tiers = url.tier ? url.tier.split(",").map(Number) : [];
  const found = useAlerts(
    {
      org,
      manager,
      tier: tiers,
      band: url.band,
      state: url.state,
      new: url.new === "1",
      idle: url.idle === "1",
      sort: url.sort,
      page,
    } as AlertQuery,
    true,
  );
  const named =
    summary.managers.length === 1 && manager !== null
      ? (summary.managers[0]?.user?.name ?? t("board.nobody"))
      : null;
  const narrowed = org !== null || manager !== null;
  const me = useMe();
  const mayPlan = me.data?.rights.includes("task.work") ?? false;
  const [picked, setPicked] = useState<number[]>([]);
  const [planning, setPlanning] = useState(false);
  const here = (found.data?.rows ?? []).map(({ customer_id }) => customer_id);
  const chosen = picked.filter((id) => here.includes(id)); // what is out of sight is not chosen
  return (
    <Panel flush>
      {planning && (
        <PlanTask customerIds={chosen} onClose={() => setPlanning(false)} onMade={() => setPicked([])} />
      )}
      <div className={styles.bar}>
        {narrowed && (
          <Button size="small" onClick={() => narrow({ org: "", manager: "" })}>
            {t("board.all", { name: named ?? t("board.chosen") })}
          </Button>
        )}
        <Select
          aria-label={t("board.stateFilter")}
          value={url.state}
          onChange={(state) => narrow({ state })}
          options={STATES.map((state) => ({ value: state, label: t(`state.${state}`) }))}
        />
        <Select
          aria-label={t("board.risk")}
          allowClear
          placeholder={t("board.risk")}
          style={{ minWidth: 110 }}
          value={url.band || null}
          onChange={(band: string | null) => narrow({ band: band ?? "" })}
          options={["HIGH", "MEDIUM"].map((band) => ({ value: band, label: t(`band.${band}`) }))}
        />
        <Select
          mode="multiple"
          aria-label={t("by.tier")}
          placeholder={t("by.tier")}
          style={{ minWidth: 140 }}
          value={tiers}
          onChange={(chosen: number[]) => narrow({ tier: chosen.join(",") })}
          options={TIERS.map((tier) => ({ value: tier, label: t(`shared:tier.${tier}`) }))}
        />
        <Checkbox
          checked={url.new === "1"}
          onChange={({ target }) => narrow({ new: target.checked ? "1" : "" })}
        >
          {t("figure.new")}
        </Checkbox>
        <Checkbox
          checked={url.idle === "1"}
          onChange={({ target }) => narrow({ idle: target.checked ? "1" : "" })}
        >
          {t("figure.idle")}
        </Checkbox>
        <Select
          aria-label={t("board.sort")}
          value={url.sort}
          onChange={(sort) => narrow({ sort })}
          options={["at_risk", "entered"].map((sort) => ({ value: sort, label: t(`sort.${sort}`) }))}
        />
        {mayPlan && here.length > 0 && (
          <>
            <Checkbox
              checked={chosen.length === here.length}
              indeterminate={chosen.length > 0 && chosen.length < here.length}
              onChange={({ target }) => setPicked(target.checked ? here : [])}
            >
              {t("board.pickAll")}
            </Checkbox>
            <Button type="primary" disabled={chosen.length === 0} onClick={() => setPlanning(true)}>
              {chosen.length > 0 ? t("board.plan", { number: chosen.length }) : t("board.planNone")}
            </Button>
          </>
        )}
        <span className={styles.quiet}>
          {found.data && t("board.total", { count: count(found.data.total) })}
        </span>
      </div>
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {found.data?.total === 0 && <EmptyState title={t("empty.list.title")} hint={t("empty.list.hint")} />}
      {found.data && found.data.total > 0 && (
        <AlertTable
          rows={found.data.rows}
          banded={found.data.banded}
          night={night}
          picked={mayPlan ? chosen : undefined}
          onPick={setPicked}
          pages={{
            page,
            pageSize: PAGE_SIZE,
            total: found.data.total,
            onPage: (to) => {
              narrow({ page: String(to) });
              window.scrollTo({ top: 0 });
            },
          }}
        />
      )}
    </Panel>
  );
}
