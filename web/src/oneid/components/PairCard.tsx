import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Amount } from "@/shared/components/Amount";
import { TierTag } from "@/shared/components/Tags";
import { percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Pair, Side, Verdict } from "../api";
import { VERDICTS } from "../codes";
import styles from "./oneid.module.css";
import { PairReveal } from "./PairReveal";

interface Props {
  pair: Pair;
  bizDate: string;
  banded: boolean;
  current: boolean;
  busy: boolean;
  onDecide: (verdict: Verdict) => void;
}

/** Two customers side by side: what agrees, what does not, and the decision. */
export function PairCard({ pair, bizDate, banded, current, busy, onDecide }: Props) {
  const { t } = useTranslation(["oneid", "customers"]);
  const format = useFormat();
  const agrees = new Map<string, string>(pair.compared.map(({ field, agrees }) => [field, agrees]));
  const reveal = (side: Side, field: "name" | "cert" | "mobile", masked: string) => (
    <PairReveal
      key={`${side.customer_id}${field}`}
      pairId={pair.id}
      customerId={side.customer_id}
      field={field}
      masked={masked}
    />
  );
  const certType = (side: Side) =>
    t(`customers:certType.${side.cert_type}`, { defaultValue: side.cert_type || t("missing") });
  const rows: [name: string, show: (side: Side) => ReactNode, field?: string][] = [
    [t("number"), (side) => <Number side={side} />],
    [
      t("field.name"),
      (side) => (side.name.includes("*") ? reveal(side, "name", side.name) : side.name),
      "name",
    ],
    [t("field.cert_type"), certType, "cert_type"],
    [t("field.cert"), (side) => reveal(side, "cert", side.cert_masked), "cert"],
    [t("field.mobile"), (side) => reveal(side, "mobile", side.mobile_masked), "mobile"],
    [
      t("field.birth"),
      (side) =>
        side.birth_date ? (
          format.shortDate(side.birth_date, bizDate)
        ) : (
          <span className={styles.quiet}>{t(banded ? "hidden" : "missing")}</span>
        ),
      "birth",
    ],
    [
      t("field.gender"),
      (side) => t(`customers:gender.${side.gender}`, { defaultValue: t("missing") }),
      "gender",
    ],
    [t("org"), (side) => side.org_name],
    [t("manager"), (side) => side.manager?.name ?? t("pool")],
    [t("since"), (side) => format.shortDate(side.open_date, bizDate)],
    [
      t("aum"),
      (side) => (
        <>
          <Amount value={side.aum} banded={banded} /> <TierTag tier={side.tier} />
        </>
      ),
    ],
  ];
  if (pair.a.status !== pair.b.status || pair.a.status !== "NORMAL") {
    rows.push([t("status"), (side) => t(`customers:status.${side.status}`)]);
  }
  return (
    <li className={styles.pair} data-pair={pair.id} aria-current={current}>
      <div className={styles.pairHead}>
        <h2>{t(`rule.${pair.rule}`)}</h2>
        <span className={styles.quiet}>
          {t("score", { percent: percent(pair.score, 0) })} ·{" "}
          {t("foundOn", { date: format.shortDate(pair.found_on, bizDate) })}
          {pair.until && ` · ${t("until", { date: format.shortDate(pair.until, bizDate) })}`}
        </span>
        {pair.verdict === "MERGE" && <span className={styles.mark}>{t("blocked")}</span>}
      </div>
      <table className={styles.compare}>
        <tbody>
          {rows.map(([name, show, field]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{show(pair.a)}</td>
              <td>{show(pair.b)}</td>
              <td>
                {field && (
                  <span className={styles.mark} data-agrees={agrees.get(field)}>
                    {t(`agrees.${agrees.get(field) ?? "UNKNOWN"}`)}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.decide}>
        {VERDICTS.map((verdict) => (
          <Button
            key={verdict}
            type={verdict === "SAME" ? "primary" : verdict === "LATER" ? "text" : "default"}
            disabled={busy}
            onClick={() => onDecide(verdict)}
          >
            {t(`decide.${verdict}`)}
          </Button>
        ))}
      </div>
    </li>
  );
}

function Number({ side }: { side: Side }) {
  const { t } = useTranslation("oneid");
  return (
    <>
      <Link to={`/customers/${side.customer_id}`}>{side.cust_no}</Link>
      {side.numbers > 1 && <div className={styles.quiet}>{t("also", { count: side.numbers - 1 })}</div>}
    </>
  );
}
