import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { useCustomerCases } from "../api";
import { DueDate } from "./DueDate";
import { OpenCaseDialog } from "./OpenCaseDialog";
import styles from "./privacy.module.css";

/** A customer's requests about their data, and the way to take one in. */
export function CustomerCases({ customerId }: { customerId: number }) {
  const { t } = useTranslation("privacy");
  const me = useMe();
  const found = useCustomerCases(customerId, true);
  const [asking, setAsking] = useState(false);
  const mayWork = me.data?.rights.includes("rights.work") ?? false;
  return (
    <>
      <div className={styles.subtitle}>
        <h3>{t("consents.requests")}</h3>
        <Button size="small" onClick={() => setAsking(true)}>
          {t("consents.newRequest")}
        </Button>
      </div>
      {found.data?.length === 0 && <span className={styles.quiet}>{t("consents.noRequests")}</span>}
      <ul className={styles.history}>
        {found.data?.map((row) => (
          <li key={row.id} className={styles.stack}>
            <span>
              {mayWork ? (
                <Link to={`/rights-cases?case=${row.id}`}>{t(`kind.${row.kind}`)}</Link>
              ) : (
                t(`kind.${row.kind}`)
              )}{" "}
              · {t(`status.${row.status}`)}
            </span>
            <DueDate row={row} />
          </li>
        ))}
      </ul>
      {asking && <OpenCaseDialog customerId={customerId} onClose={() => setAsking(false)} />}
    </>
  );
}
