import { GiftOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Segmented, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUrlState } from "@/shared/hooks/useUrlState";
import styles from "../campaigns/components/campaign.module.css";
import { useMissions, usePointsChoices, useRewards, type Mission, type Reward } from "../points/api";
import { MissionEditor, RewardEditor } from "../points/components/Editor";
import { Ledger } from "../points/components/Ledger";
import { Missions } from "../points/components/Missions";
import { Rewards } from "../points/components/Rewards";

const TABS = ["missions", "rewards", "ledger"] as const;
type Edited = { kind: "mission"; row: Mission | null } | { kind: "reward"; row: Reward | null };

/** 任务与积分: what earns points, what they buy, and whether the books hold. */
export function Component() {
  const { t } = useTranslation("outreach");
  const me = useMe();
  const [url, setUrl] = useUrlState({ tab: "missions", mission: "" });
  const tab = TABS.find((one) => one === url.tab) ?? "missions";
  const missions = useMissions();
  const rewards = useRewards();
  const choices = usePointsChoices();
  const [edited, setEdited] = useState<Edited | null>(null);
  const whole = me.data?.rights.includes("template.write") && me.data.role === "HQ_OPS";
  const kind = tab === "rewards" ? "reward" : "mission";
  const make = whole && tab !== "ledger" && (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      disabled={!choices.data}
      onClick={() => setEdited({ kind, row: null })}
    >
      {t(kind === "reward" ? "points.newReward" : "points.newMission")}
    </Button>
  );
  const found = tab === "rewards" ? rewards : missions;
  const close = () => setEdited(null);
  const first = Number(url.mission); // a segment that is used by it leads here: it stands at the top
  return (
    <>
      <PageTitle question={t("points.question")} extra={make} />
      <div className={styles.page}>
        <Segmented
          className={styles.views ?? ""}
          aria-label={t("points.view")}
          value={tab}
          options={TABS.map((value) => ({ value, label: t(`points.tab.${value}`) }))}
          onChange={(value) => setUrl({ tab: value })}
        />
        {tab === "ledger" && <Ledger />}
        {tab !== "ledger" && found.error && !found.data && (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        )}
        {tab !== "ledger" && found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
        {tab !== "ledger" && found.data && (
          <Panel flush>
            {found.data.length === 0 ? (
              <EmptyState
                icon={<GiftOutlined />}
                title={t(`points.none.${kind}`)}
                hint={t(whole ? `points.noneHint.${kind}` : "points.noneOthers")}
                action={make}
              />
            ) : kind === "reward" ? (
              <Rewards rows={rewards.data ?? []} onEdit={(row) => setEdited({ kind: "reward", row })} />
            ) : (
              <Missions
                rows={(missions.data ?? []).toSorted(
                  (a, b) => Number(b.id === first) - Number(a.id === first),
                )}
                onEdit={(row) => setEdited({ kind: "mission", row })}
              />
            )}
          </Panel>
        )}
      </div>
      {edited?.kind === "mission" && choices.data && (
        <MissionEditor row={edited.row} choices={choices.data} onClose={close} />
      )}
      {edited?.kind === "reward" && choices.data && (
        <RewardEditor row={edited.row} choices={choices.data} onClose={close} />
      )}
    </>
  );
}
