import { Alert, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { PageTitle } from "@/shared/components/PageTitle";
import type { CampaignDetail } from "../types";
import { CostPanel } from "./CostPanel";
import { Customers } from "./Customers";
import { Deeds } from "./Deeds";
import { EffectPanel } from "./EffectPanel";
import { Decisions, Facts } from "./Facts";
import { Funnel } from "./Funnel";
import { State } from "./State";
import { VariantsPanel } from "./VariantsPanel";
import styles from "./campaign.module.css";

interface Asked {
  tab: string;
  part: string;
  page: string;
}

interface Props {
  campaign: CampaignDetail;
  asked: Asked;
  onAsk: (asked: Partial<Asked>) => void;
  onEdit: () => void;
}

/** One campaign: where it stands, what it brought, whom it touched. */
export function Viewer({ campaign, asked, onAsk, onEdit }: Props) {
  const { t } = useTranslation("outreach");
  const ran = campaign.started_at !== null;
  return (
    <>
      <PageTitle question={campaign.name} extra={<Deeds campaign={campaign} onEdit={onEdit} />} />
      <div className={styles.page}>
        <div className={styles.tools}>
          <State campaign={campaign} />
          {campaign.start_asked && <span className={styles.quiet}>{t("campaign.starting")}</span>}
        </div>
        {campaign.halted && campaign.state !== "ENDED" && (
          <Alert
            type="warning"
            showIcon
            title={t(`campaign.halt.${campaign.halted}.title`)}
            description={t(`campaign.halt.${campaign.halted}.hint`)}
          />
        )}
        {campaign.reason && campaign.state === "DRAFT" && (
          <Alert type="error" showIcon title={t("list.because", { reason: campaign.reason })} />
        )}
        {ran && (
          <Tabs
            activeKey={asked.tab}
            items={["result", "customers", "plan"].map((key) => ({ key, label: t(`campaign.tab.${key}`) }))}
            onChange={(tab) => onAsk({ tab })}
          />
        )}
        {(!ran || asked.tab === "plan") && (
          <div className={styles.columns}>
            <Facts campaign={campaign} />
            <Decisions campaign={campaign} />
          </div>
        )}
        {ran && asked.tab === "result" && (
          <div className={styles.columns}>
            <div className={styles.page}>
              <Funnel campaign={campaign} />
              {campaign.variants.length > 0 && <VariantsPanel variants={campaign.variants} />}
              {campaign.effect && <EffectPanel effect={campaign.effect} />}
            </div>
            <CostPanel campaign={campaign} />
          </div>
        )}
        {ran && asked.tab === "customers" && <Customers id={campaign.id} asked={asked} onAsk={onAsk} />}
      </div>
    </>
  );
}
