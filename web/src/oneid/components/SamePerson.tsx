import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Amount } from "@/shared/components/Amount";
import { Panel } from "@/shared/components/Panel";
import { useSamePerson } from "../api";
import styles from "./oneid.module.css";

/** On a customer's page: the other numbers of the same person that the viewer sees; nothing if there is none. */
export function SamePerson({ customerId }: { customerId: number }) {
  const { t } = useTranslation("oneid");
  const found = useSamePerson(customerId);
  const person = found.data?.person;
  if (!person) return null;
  const banded = found.data?.banded ?? false;
  return (
    <Panel title={t("merged", { count: person.members.length })}>
      <ul className={styles.numbers}>
        {person.members.map((member) => (
          <li key={member.customer_id}>
            {member.customer_id === customerId ? (
              <span>
                {member.cust_no} <span className={styles.quiet}>{t("thisOne")}</span>
              </span>
            ) : (
              <Link to={`/customers/${member.customer_id}`}>{member.cust_no}</Link>
            )}
            <span className="num">
              <Amount value={member.aum} banded={banded} />
            </span>
            <small>
              {member.org_name} · {member.manager?.name ?? t("pool")} · {t(`rule.${member.rule}`)}
            </small>
          </li>
        ))}
      </ul>
      <div className={styles.sum}>
        <span>{t("together")}</span>
        <strong className="num">
          <Amount value={person.aum} banded={banded} />
        </strong>
      </div>
      {person.lead && <div className={styles.quiet}>{t("lead", { name: person.lead.name })}</div>}
    </Panel>
  );
}
