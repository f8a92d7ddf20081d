import { NotificationOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Segmented, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useCampaigns } from "../campaigns/api";
import { Calendar } from "../campaigns/components/Calendar";
import styles from "../campaigns/components/campaign.module.css";
import { Rows } from "../campaigns/components/Rows";
import { todayOf } from "../campaigns/plan";

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** 营销活动: what is on, and what it brought. */
export function Component() {
  const { t } = useTranslation("outreach");
  const me = useMe();
  const found = useCampaigns();
  const [url, setUrl] = useUrlState({ view: "list", month: "" });
  const month = MONTH.test(url.month) ? url.month : todayOf(new Date()).slice(0, 7);
  const whole = me.data?.rights.includes("template.write") && me.data.role === "HQ_OPS";
  const make = whole && (
    <Link to="/campaigns/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {t("campaign.new")}
      </Button>
    </Link>
  );
  return (
    <>
      <PageTitle question={t("campaign.question")} extra={make} />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {found.data?.length === 0 && (
        <Panel flush>
          <EmptyState
            icon={<NotificationOutlined />}
            title={t("campaign.none")}
            hint={t(whole ? "campaign.noneHint" : "campaign.noneOthers")}
            action={make}
          />
        </Panel>
      )}
      {found.data && found.data.length > 0 && (
        <div className={styles.page}>
          <Segmented
            className={styles.views ?? ""}
            aria-label={t("campaign.view.title")}
            value={url.view}
            options={["list", "calendar"].map((value) => ({ value, label: t(`campaign.view.${value}`) }))}
            onChange={(view) => setUrl({ view })}
          />
          <Panel flush>
            {url.view === "calendar" ? (
              <Calendar rows={found.data} month={month} onMonth={(to) => setUrl({ month: to })} />
            ) : (
              <Rows rows={found.data} />
            )}
          </Panel>
        </div>
      )}
    </>
  );
}
