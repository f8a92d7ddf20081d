import { FallOutlined } from "@ant-design/icons";
import { Alert, Button, Checkbox, Select, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/app/client";
import { TIERS } from "@/customers/codes";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { type AlertQuery, useAlerts, useChurnSummary } from "../api";
import { STATES } from "../codes";
import { AlertTable } from "../components/AlertTable";
import { AtRiskBy } from "../components/AtRiskBy";
import { ChurnFigures } from "../components/ChurnFigures";
import styles from "../components/scoring.module.css";

const DEFAULTS = {
  org: "",
  manager: "",
  tier: "",
  band: "",
  state: "STANDING",
  new: "",
  idle: "",
  sort: "at_risk",
  page: "1",
};
const PAGE_SIZE = 50;
type Url = typeof DEFAULTS;
type Change = Partial<Record<keyof Url, string | undefined>>;

/** 流失预警: who is leaving, and whether anybody does something about it. */
export function Component() {
  const { t } = useTranslation("scoring");
  const [url, setUrl] = useUrlState(DEFAULTS);
  const [org, manager] = [url.org, url.manager].map((id) => (id ? Number(id) : null)) as [
    number | null,
    number | null,
  ];
  const found = useChurnSummary(org, manager);
  const summary = found.data;
  const narrow = (change: Change) => setUrl({ page: undefined, ...change });
  return (
    <>
      <PageTitle
        question={t("board.question")}
        asOf={summary?.night}
        extra={summary?.sees_models && <Link to="/models">{t("models.open")}</Link>}
      />
      {!summary &&
        (found.error ? (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 10 }} />
        ))}
      {summary && !summary.night && <NoScores summary={summary} />}
      {summary?.night && (
        <div className={styles.page} aria-busy={found.isPlaceholderData}>
          <Blocked summary={summary} />
          <ChurnFigures
            summary={summary}
            onNarrow={(to) =>
              narrow({
                band: undefined,
                new: undefined,
                idle: undefined,
                state: undefined,
                ...to,
              })
            }
          />
          <AtRiskBy
            summary={summary}
            onOrg={(id) => narrow({ org: String(id), manager: "" })}
            onManager={(id) => narrow({ manager: String(id) })}
            onTier={(tier) => narrow({ tier: String(tier) })}
          />
          <List
            url={url}
            org={org}
            manager={manager}
            summary={summary}
            night={summary.night}
            narrow={narrow}
          />
        </div>
      )}
    </>
  );
}

/** Why there is nothing yet, and who can change it. */
function NoScores({ summary }: { summary: Schemas["ChurnSummary"] }) {
  const { t } = useTranslation("scoring");
  const why = summary.blocked_on
    ? "blocked"
    : summary.released
      ? "waiting"
      : summary.may_release
        ? "mayRelease"
        : "none";
  return (
    <Panel>
      <EmptyState
        icon={<FallOutlined />}
        title={t(`empty.${why}.title`)}
        hint={t(`empty.${why}.hint`)}
        action={
          summary.sees_models && (
            <Link to="/models">
              <Button type="primary">{t("models.open")}</Button>
            </Link>
          )
        }
      />
    </Panel>
  );
}

function Blocked({ summary }: { summary: Schemas["ChurnSummary"] }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  if (!summary.blocked_on) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t("board.blocked", {
        night: format.shortDate(summary.blocked_on),
        as: format.shortDate(summary.night ?? summary.blocked_on),
      })}
    />
  );
}

interface ListProps {
  url: Url;
  org: number | null;
  manager: number | null;
  summary: Schemas["ChurnSummary"];
  night: string;
  narrow: (change: Change) => void;
}

function List({ url, org, manager, summary, night, narrow }: ListProps) {
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
  return (
    <Panel flush>
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
