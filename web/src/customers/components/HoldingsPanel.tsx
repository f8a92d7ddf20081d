import { Skeleton, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useHoldings } from "../api";
import { Accounts, Cards, Loans, Products } from "./holdings";
import styles from "./profile.module.css";

/** Everything the customer holds; maturities that come soon are named in words. */
export function HoldingsPanel({ customerId, banded }: { customerId: number; banded: boolean }) {
  const { t } = useTranslation("customers");
  const held = useHoldings(customerId);
  if (!held.data) {
    return (
      <Panel title={t("section.holdings")}>
        {held.error ? (
          <ProblemView error={held.error} onRetry={() => void held.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 5 }} />
        )}
      </Panel>
    );
  }
  const { accounts, holdings, loans, cards, biz_date: day } = held.data;
  const common = { day, banded };
  const tabs = [
    { key: "accounts", count: accounts.length, children: <Accounts rows={accounts} {...common} /> },
    { key: "products", count: holdings.length, children: <Products rows={holdings} {...common} /> },
    { key: "loans", count: loans.length, children: <Loans rows={loans} {...common} /> },
    { key: "cards", count: cards.length, children: <Cards rows={cards} {...common} /> },
  ];
  return (
    <Panel title={t("section.holdings")} flush>
      <Tabs
        className={styles.tabs}
        items={tabs
          .filter(({ key, count }) => key === "accounts" || count > 0)
          .map(({ key, count, children }) => ({
            key,
            label: t("nameCount", { name: t(`section.${key}`), count }),
            children,
          }))}
      />
    </Panel>
  );
}
