import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import type { Schemas } from "@/app/client";
import { Accounts, Cards, Loans, Products } from "./holdings";
import styles from "./profile.module.css";

/** Everything the customer holds; maturities that come soon are named in words. */
export function HoldingsPanel({ held, banded }: { held: Schemas["Holdings"]; banded: boolean }) {
  const { t } = useTranslation("customers");
  const { accounts, holdings, loans, cards, biz_date: day } = held;
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
