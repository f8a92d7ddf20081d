import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { PageTitle } from "@/shared/components/PageTitle";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { usePolicy } from "../policy/api";
import { MayContact } from "../policy/components/MayContact";
import styles from "../policy/components/policy.module.css";
import { Rules } from "../policy/components/Rules";

/** 接触策略: by which rules customers are written to, and whether one may be written to now. */
export function Component() {
  const { t } = useTranslation("outreach");
  const me = useMe();
  const found = usePolicy();
  const [{ customer }, setUrl] = useUrlState({ customer: "" });
  return (
    <>
      <PageTitle
        question={t("policy.question")}
        extra={
          me.data?.rights.includes("message.read") && (
            <Link to="/messages">
              <Button>{t("policy.toMessages")}</Button>
            </Link>
          )
        }
      />
      <div className={styles.page}>
        <MayContact
          customerId={/^[1-9]\d{0,8}$/.test(customer) ? Number(customer) : null}
          onCustomer={(id) => setUrl({ customer: `${id}` })}
        />
        {found.error && !found.data && (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        )}
        {found.isPending && <Skeleton active paragraph={{ rows: 12 }} />}
        {found.data && <Rules policy={found.data} />}
      </div>
    </>
  );
}
