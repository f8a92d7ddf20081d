import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Amount } from "@/shared/components/Amount";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { useFormat } from "@/shared/hooks/useFormat";
import type { CustomerOut } from "../api";
import styles from "./profile.module.css";

/** How the customer stands; each figure tells how it came about. */
export function Figures({ customer }: { customer: CustomerOut }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const { banded, biz_date: day } = customer;
  const amount = (value: string) => <Amount value={value} banded={banded} />;
  const date = (value: string | null) => (value ? format.shortDate(value, day) : t("never"));
  const lines: [name: string, value: ReactNode][] = [
    ["mda", amount(customer.mda)],
    ["qda", amount(customer.qda)],
    ["yda", amount(customer.yda)],
    ["netMonth", <Amount key="m" value={customer.net_month} change />],
    ["netYear", <Amount key="y" value={customer.net_year} change />],
    ["lum", amount(customer.lum)],
    ["categories", t("ofTwelve", { count: customer.categories })],
    ["rfm", customer.rfm || "—"],
    ["effective", t(customer.is_effective ? "yes" : "no")],
    ["lastTxn", date(customer.last_txn)],
    ["lastLogin", date(customer.last_login)],
  ];
  return (
    <Panel title={t("section.figures")}>
      <dl className={styles.figures}>
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>
              <Explain title={t(`figure.${name}`)} text={t(`how.${name}`)} asOf={day}>
                {t(`figure.${name}`)}
              </Explain>
            </dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
