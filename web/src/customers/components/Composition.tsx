import { useTranslation } from "react-i18next";
import { Amount } from "@/shared/components/Amount";
import { Panel } from "@/shared/components/Panel";
import { percent } from "@/shared/format/numbers";
import type { CustomerOut } from "../api";
import { KINDS } from "../codes";
import styles from "./profile.module.css";

/** Where the money lies, by kind, largest first. */
export function Composition({ customer }: { customer: CustomerOut }) {
  const { t } = useTranslation("customers");
  const parts = customer.mix
    .map(({ kind, amount }) => ({ kind, amount, value: Number(amount) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value);
  const whole = parts.reduce((sum, { value }) => sum + value, 0);
  return (
    <Panel title={t("section.mix")}>
      {whole === 0 ? (
        <p className={styles.quiet}>{t("mixEmpty")}</p>
      ) : (
        <>
          <div className={styles.mixBar} aria-hidden="true">
            {parts.map(({ kind, value }) => (
              <span
                key={kind}
                className={styles.mixPart}
                data-kind={KINDS.indexOf(kind as (typeof KINDS)[number])}
                style={{ flexGrow: value }}
              />
            ))}
          </div>
          <ul className={styles.mix}>
            {parts.map(({ kind, amount, value }) => (
              <li key={kind}>
                <i data-kind={KINDS.indexOf(kind as (typeof KINDS)[number])} />
                <span>{t(`kind.${kind}`)}</span>
                <span className="num">{percent(value / whole, 0)}</span>
                <span className="num">
                  <Amount value={amount} banded={customer.banded} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
