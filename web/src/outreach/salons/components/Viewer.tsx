import { Alert, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { count } from "@/shared/format/numbers";
import styles from "../../campaigns/components/campaign.module.css";
import type { SalonDetail } from "../types";
import { useWhen } from "../useWhen";
import { CheckIn } from "./CheckIn";
import { Deeds } from "./Deeds";
import { Decisions, Facts } from "./Facts";
import { Guests } from "./Guests";
import { Result } from "./Result";
import { State } from "./State";

interface Asked {
  tab: string;
  part: string;
  page: string;
}

interface Props {
  salon: SalonDetail;
  asked: Asked;
  onAsk: (asked: Partial<Asked>) => void;
  onEdit: () => void;
}

/** One salon: who comes, who came, what it came to. */
export function Viewer({ salon, asked, onAsk, onEdit }: Props) {
  const { t } = useTranslation("outreach");
  const when = useWhen();
  const planned = salon.state === "DRAFT" || salon.state === "REVIEW";
  return (
    <>
      <PageTitle question={salon.name} extra={<Deeds salon={salon} onEdit={onEdit} />} />
      <div className={styles.page}>
        <div className={styles.tools}>
          <State state={salon.state} />
          <span className={styles.quiet}>
            {when(salon)} · {salon.place}
          </span>
        </div>
        {salon.reason && salon.state === "DRAFT" && (
          <Alert type="error" showIcon title={t("list.because", { reason: salon.reason })} />
        )}
        {salon.state === "CANCELLED" && (
          <Alert
            type="warning"
            showIcon
            title={t("salon.cancelledSaid", { reason: salon.reason })}
            description={t("salon.cancelledHint")}
          />
        )}
        {!planned && (
          <Tabs
            activeKey={asked.tab}
            items={["guests", "plan"].map((key) => ({ key, label: t(`salon.tab.${key}`) }))}
            onChange={(tab) => onAsk({ tab })}
          />
        )}
        {planned || asked.tab === "plan" ? (
          <div className={styles.columns}>
            <Facts salon={salon} />
            <Decisions salon={salon} />
          </div>
        ) : (
          <>
            {salon.door && <CheckIn salon={salon} />}
            <div className={styles.columns}>
              <Guests salon={salon} asked={asked} onAsk={onAsk} />
              <div className={styles.page}>
                <Numbers salon={salon} />
                <Result salon={salon} />
              </div>
            </div>
          </>
        )}
      </div>
    </>
  );
}

function Numbers({ salon }: { salon: SalonDetail }) {
  const { t } = useTranslation("outreach");
  const rows: [string, string][] = [
    [t("salon.taken"), t("salon.of", { taken: count(salon.taken), seats: count(salon.seats) })],
    [t("salon.part.WAITING"), count(salon.waiting)],
    [t("salon.invited"), count(salon.invited)],
    [t("salon.attended"), count(salon.attended)],
  ];
  return (
    <Panel title={t("salon.numbers")}>
      <div className={styles.estimate}>
        <dl>
          {rows.map(([name, said]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{said}</dd>
            </div>
          ))}
        </dl>
        {salon.unsuited > 0 && (
          <Alert
            type="warning"
            showIcon
            title={t("salon.unsuitedMany", { number: count(salon.unsuited) })}
            description={t("salon.unsuitedHint")}
          />
        )}
        <p className={styles.quiet}>{t("salon.numbersHint")}</p>
      </div>
    </Panel>
  );
}
