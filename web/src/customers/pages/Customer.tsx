import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { NextSteps } from "@/care/components/NextSteps";
import { NotFound } from "@/app/pages/NotFound";
import { ConsentPanel } from "@/privacy/components/ConsentPanel";
import { PageTitle } from "@/shared/components/PageTitle";
import { ProblemView } from "@/shared/components/ProblemView";
import { useCustomer } from "../api";
import { AumCurve } from "../components/AumCurve";
import { Composition } from "../components/Composition";
import { CustomerHeader } from "../components/CustomerHeader";
import { Figures } from "../components/Figures";
import { HoldingsPanel } from "../components/HoldingsPanel";
import styles from "../components/profile.module.css";
import { Timeline } from "../components/Timeline";
import { Transactions } from "../components/Transactions";

/** 客户一览: what is going on with this person. */
export function Component() {
  const { t } = useTranslation("customers");
  const id = Number(useParams().id);
  const found = useCustomer(id);
  if (!Number.isInteger(id)) return <NotFound />;
  const customer = found.data;
  return (
    <>
      <PageTitle question={t("questionOne")} asOf={customer?.biz_date} />
      {!customer &&
        (found.error ? (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 12 }} />
        ))}
      {customer && (
        <div className={styles.page} key={id}>
          <CustomerHeader customer={customer} />
          <div className={styles.main}>
            <NextSteps customerId={id} name={customer.name} bizDate={customer.biz_date} />
            <AumCurve customerId={id} banded={customer.banded} />
            <HoldingsPanel customerId={id} banded={customer.banded} />
            <Transactions customerId={id} banded={customer.banded} />
          </div>
          <div className={styles.side}>
            <Figures customer={customer} />
            <Composition customer={customer} />
            <ConsentPanel customerId={id} />
            <Timeline customerId={id} />
          </div>
        </div>
      )}
    </>
  );
}
