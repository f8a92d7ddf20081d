import { Breadcrumb, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useBranch } from "../api";
import { BranchFigures } from "../components/BranchFigures";
import styles from "../components/branch.module.css";
import { OrgTable } from "../components/OrgTable";
import { TeamTable } from "../components/TeamTable";
import { TierBars } from "../components/TierBars";

/** 支行看板: how the branch is, and who needs help. */
export function Component() {
  const { t } = useTranslation("care");
  const me = useMe();
  const [url] = useUrlState({ org: "" });
  const board = useBranch(url.org ? Number(url.org) : null);
  const rights = me.data?.rights ?? [];
  const branch = board.data;
  const own = !branch || branch.org.id === me.data?.org.id;
  const head = own && me.data?.role === "BR_MGR";
  return (
    <>
      <PageTitle
        question={head || !branch ? t("board.question") : t("board.questionAbove", { org: branch.org.name })}
        asOf={branch?.biz_date}
      />
      {!branch &&
        (board.error ? (
          <ProblemView error={board.error} onRetry={() => void board.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 10 }} />
        ))}
      {branch && (
        <div className={styles.page} aria-busy={board.isPlaceholderData}>
          {branch.path.length > 1 && (
            <Breadcrumb
              aria-label={t("board.path")}
              items={branch.path.map(({ id, name }) => ({
                key: id,
                title: id === branch.org.id ? name : <Link to={`/branch?org=${id}`}>{name}</Link>,
              }))}
            />
          )}
          <div className={styles.top}>
            <BranchFigures branch={branch} mayAssign={rights.includes("task.work")} />
            <TierBars tiers={branch.tiers} />
          </div>
          {branch.children.length > 0 && <OrgTable lines={branch.children} />}
          {branch.team.length > 0 ? (
            <TeamTable
              team={branch.team}
              day={branch.biz_date}
              seesTasks={rights.includes("workbench")}
              seesCustomers={rights.includes("customer.read")}
            />
          ) : (
            branch.children.length === 0 && (
              <Panel>
                <EmptyState title={t("board.noTeam.title")} hint={t("board.noTeam.hint")} />
              </Panel>
            )
          )}
        </div>
      )}
    </>
  );
}
