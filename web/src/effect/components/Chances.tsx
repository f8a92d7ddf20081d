import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { type Experiment, type Power, usePower } from "../api";
import { points } from "../useWords";
import styles from "./effect.module.css";

interface Props {
  events: string[];
  share: number;
  days: number;
  measure: Experiment["measure"];
}

/** 把握度: before anything begins, what could be seen at all. */
export function Chances(props: Props) {
  const { t } = useTranslation("effect");
  const { events, share, days } = props;
  const found = usePower(events, share, days);
  return (
    <Panel title={t("power.title")}>
      {events.length === 0 && <p className={styles.quiet}>{t("power.choose")}</p>}
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {events.length > 0 && found.isPending && <Skeleton active paragraph={{ rows: 5 }} />}
      {events.length > 0 && found.data && <Told {...props} power={found.data} />}
    </Panel>
  );
}

function Told({ power, share, days, measure }: Props & { power: Power }) {
  const { t } = useTranslation("effect");
  const format = useFormat();
  const own = power.chances.find((one) => one.days === days);
  const sentence = () => {
    if (power.seen === 0) return t("power.nobody", { days: power.seen_days });
    if (!own || power.base === null) return t("power.tooFew", { seen: count(power.seen) });
    const known = { days, share, customers: count(own.customers) };
    if (measure === "AUM" && own.yuan !== null)
      return t("power.seesYuan", { ...known, yuan: format.money(own.yuan) });
    if (own.points === null) return t("power.blind", { ...known, base: percent(power.base) });
    return t("power.sees", { ...known, points: (own.points * 100).toFixed(1), base: percent(power.base) });
  };
  return (
    <>
      <p className={styles.sentence} role="status">
        {sentence()}
      </p>
      {power.seen > 0 && (
        <DataTable
          rowKey={(row) => row.days}
          rows={power.chances}
          columns={[
            { key: "days", title: t("power.days"), render: (row) => t("days", { number: row.days }) },
            {
              key: "customers",
              title: t("power.customers"),
              align: "right",
              render: ({ customers }) => <span className={styles.figure}>{count(customers)}</span>,
            },
            {
              key: "points",
              title: t("power.points"),
              align: "right",
              render: (row) => (
                <span className={styles.figure}>
                  {row.points === null ? "—" : t("points", { figure: points(row.points) })}
                </span>
              ),
            },
            {
              key: "yuan",
              title: t("power.yuan"),
              align: "right",
              render: ({ yuan }) => (
                <span className={styles.figure}>{yuan === null ? "—" : format.money(yuan, true)}</span>
              ),
            },
          ]}
        />
      )}
      <p className={styles.quiet}>{t("power.how", { seen: count(power.seen), days: power.seen_days })}</p>
    </>
  );
}
