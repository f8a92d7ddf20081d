import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { Amount } from "@/shared/components/Amount";
import { Panel } from "@/shared/components/Panel";
import { daysBetween } from "@/shared/format/dates";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "./profile.module.css";

interface Props {
  rows: Schemas["MaturityOut"][];
  day: string;
  banded: boolean;
}

const SOON = 30;

/** 到期日历: what falls due in the next twelve months, month by month. */
export function Maturities({ rows, day, banded }: Props) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const name = ({ kind, name }: Schemas["MaturityOut"]) => {
    if (kind === "LOAN") return t(`loan.${name}`, { defaultValue: name });
    if (kind === "CARD") return t(`card.${name}`, { defaultValue: name });
    return kind === "DEPOSIT" ? t(`kind.${name}`, { defaultValue: name }) : name;
  };
  if (rows.length === 0) return null; // most customers: an empty calendar answers nothing
  const months = [...new Set(rows.map(({ on }) => on.slice(0, 7)))];
  return (
    <Panel title={t("section.maturities")}>
      <ol className={styles.months}>
        {months.map((month) => (
          <li key={month}>
            <h3>{format.month(month, day)}</h3>
            <ul>
              {rows
                .filter(({ on }) => on.startsWith(month))
                .map((row, n) => {
                  const left = daysBetween(day, row.on);
                  return (
                    <li key={`${row.on}${n}`} className={styles.due}>
                      <span className={left <= SOON ? styles.soon : undefined}>
                        {format.shortDate(row.on, day)}
                      </span>
                      <span className={styles.stack}>
                        {name(row)}
                        <small>
                          {[
                            t(`due.${row.kind}`),
                            row.number,
                            left <= SOON && t("inDays", { count: left }),
                            row.auto_renew !== null && t(row.auto_renew ? "autoRenew" : "noRenew"),
                          ]
                            .filter(Boolean)
                            .join(" · ")}
                        </small>
                      </span>
                      <span className="num">
                        {row.amount !== null && (
                          <>
                            {row.ccy !== "CNY" && <small className={styles.quiet}>{row.ccy} </small>}
                            <Amount value={row.amount} banded={banded} />
                          </>
                        )}
                      </span>
                    </li>
                  );
                })}
            </ul>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
