import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { NextSteps } from "@/care/components/NextSteps";
import { NotFound } from "@/app/pages/NotFound";
import { CustomerMessages } from "@/outreach/components/CustomerMessages";
import { CustomerPoints } from "@/outreach/points/components/CustomerPoints";
import { SamePerson } from "@/oneid/components/SamePerson";
import { ConsentPanel } from "@/privacy/components/ConsentPanel";
import { ChurnCard } from "@/scoring/components/ChurnCard";
import { ValueCard } from "@/scoring/components/ValueCard";
import { PageTitle } from "@/shared/components/PageTitle";
import { ProblemView } from "@/shared/components/ProblemView";
import { useOverview } from "../profileApi";
import { AumCurve } from "../components/AumCurve";
import { CashFlow } from "../components/CashFlow";
import { Composition } from "../components/Composition";
import { CustomValues } from "../components/CustomValues";
import { CustomerHeader } from "../components/CustomerHeader";
import { Figures } from "../components/Figures";
import { Habits } from "../components/Habits";
import { HoldingsPanel } from "../components/HoldingsPanel";
import { Maturities } from "../components/Maturities";
import { ReadyTags } from "../components/ReadyTags";
import { Relations } from "../components/Relations";
import styles from "../components/profile.module.css";
import { Timeline } from "../components/Timeline";
import { Transactions } from "../components/Transactions";

/** 客户一览: what is going on with this person. */
export function Component() {
  const { t } = useTranslation("customers");
  const id = Number(useParams().id);
  const found = useOverview(id);
  if (!Number.isInteger(id)) return <NotFound />;
  const overview = found.data;
  const customer = overview?.customer;
  return (
    <>
      <PageTitle question={t("questionOne")} asOf={customer?.biz_date} />
      {!customer &&
        (found.error ? (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 12 }} />
        ))}
      {overview && customer && (
        <div className={styles.page} key={id}>
          <CustomerHeader overview={overview} />
          <div className={styles.main}>
            <NextSteps customerId={id} name={customer.name} bizDate={customer.biz_date} />
            <AumCurve overview={overview} />
            <HoldingsPanel held={overview.holdings} banded={customer.banded} />
            <Maturities rows={overview.maturities} day={customer.biz_date} banded={customer.banded} />
            <CashFlow rows={overview.flows} day={customer.biz_date} banded={customer.banded} />
            <Relations customerId={id} name={customer.name} />
            <Transactions customerId={id} banded={customer.banded} />
          </div>
          {/* cases and opportunities get their panels here, above the figures, when they exist */}
          <div className={styles.side}>
            <Timeline customerId={id} />
            <CustomerMessages customerId={id} name={customer.name} />
            <CustomerPoints customerId={id} name={customer.name} />
            <SamePerson customerId={id} />
            <ChurnCard customerId={id} />
            <ValueCard customerId={id} />
            <Figures customer={customer} />
            <Composition customer={customer} />
            <CustomValues customerId={id} />
            <ReadyTags customerId={id} />
            <Habits rows={overview.habits} day={customer.biz_date} />
            <ConsentPanel customerId={id} />
          </div>
        </div>
      )}
    </>
  );
}
