import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { Amount } from "@/shared/components/Amount";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "./profile.module.css";

type Flow = Schemas["FlowOut"];
const sum = (rows: Flow[]) => rows.reduce((total, row) => total + Number(row.amount), 0);

/** 现金流: what came and went each month; a month opens to its kinds. */
export function CashFlow({ rows, day, banded }: { rows: Flow[]; day: string; banded: boolean }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const months = [...new Set(rows.map(({ month }) => month))].map((month) => {
    const all = rows.filter((row) => row.month === month);
    const outer = all.filter((row) => !row.inner);
    const [coming, going] = ["IN", "OUT"].map((way) => outer.filter(({ direction }) => direction === way));
    return { month, all, coming: sum(coming ?? []), going: sum(going ?? []) };
  });
  const most = Math.max(1, ...months.flatMap(({ coming, going }) => [coming, going]));
  return (
    <Panel
      title={
        <Explain title={t("section.flows")} text={t("flowHow")} asOf={day}>
          {t("section.flows")}
        </Explain>
      }
    >
      {months.length === 0 && <p className={styles.quiet}>{t("flowEmpty")}</p>}
      <div className={styles.flows}>
        {months.map(({ month, all, coming, going }) => (
          <details key={month}>
            <summary>
              <span>{format.month(month, day)}</span>
              <span className={styles.flowBars} aria-hidden="true">
                <i data-way="IN" style={{ width: `${(coming / most) * 100}%` }} />
                <i data-way="OUT" style={{ width: `${(going / most) * 100}%` }} />
              </span>
              <span className={`${styles.stack} num`}>
                <span className={styles.in}>
                  <small>{t("way.IN")} </small>
                  <Amount value={coming} banded={banded} />
                </span>
                <span>
                  <small>{t("way.OUT")} </small>
                  <Amount value={going} banded={banded} />
                </span>
              </span>
            </summary>
            <ul>
              {all.map((row) => (
                <li key={row.direction + row.kind} data-inner={row.inner || undefined}>
                  <span>
                    {t(`way.${row.direction}`)} · {t(`txn.${row.kind}`, { defaultValue: row.kind })}
                    {row.inner && <small> {t("flowInner")}</small>}
                  </span>
                  <span className={styles.quiet}>{t("times", { count: row.txns })}</span>
                  <span className="num">
                    <Amount value={row.amount} banded={banded} />
                  </span>
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </Panel>
  );
}
