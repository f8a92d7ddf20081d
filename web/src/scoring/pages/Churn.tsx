import { FallOutlined } from "@ant-design/icons";
import { Alert, Button, Skeleton, Space } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import type { Schemas } from "@/app/client";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useChurnSummary } from "../api";
import { BOARD, type Change } from "../board";
import { AlertList } from "../components/AlertList";
import { AtRiskBy } from "../components/AtRiskBy";
import { ChurnFigures } from "../components/ChurnFigures";
import styles from "../components/scoring.module.css";

/** The event of who newly is in the high band: a plan of care answers it by a message. */
const FEARED = "E25";

/** 流失预警: who is leaving, and whether anybody does something about it. */
export function Component() {
  const { t } = useTranslation("scoring");
  const [url, setUrl] = useUrlState(BOARD);
  const [org, manager] = [url.org, url.manager].map((id) => (id ? Number(id) : null)) as [
    number | null,
    number | null,
  ];
  const plans = useMe().data?.rights.includes("template.read");
  const found = useChurnSummary(org, manager);
  const summary = found.data;
  const narrow = (change: Change) => setUrl({ page: undefined, ...change });
  return (
    <>
      <PageTitle
        question={t("board.question")}
        asOf={summary?.night}
        extra={
          <Space size="middle">
            {summary?.night && plans && <Link to={`/care-plans?event=${FEARED}`}>{t("board.byRule")}</Link>}
            {summary?.sees_models && <Link to="/models">{t("models.open")}</Link>}
          </Space>
        }
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
          <AlertList
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
