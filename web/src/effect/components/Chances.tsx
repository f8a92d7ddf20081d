import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { type Experiment, type Power, type Scope, usePower } from "../api";
import { points } from "../useWords";
import styles from "./effect.module.css";

interface Props {
  on: Scope;
  /** Words for a segment, or for events. */
  ofSegment: boolean;
  share: number;
  days: number;
  measure: Experiment["measure"];
}

/** 把握度: before anything begins, what could be seen at all. */
export function Chances(props: Props) {
  const { t } = useTranslation("effect");
  const { on, ofSegment, share, days } = props;
  const found = usePower(on, share, days);
  const named = on.events.length > 0 || on.segment !== "";
  return (
    <Panel title={t("power.title")}>
      {!named && <p className={styles.quiet}>{t(ofSegment ? "power.chooseSegment" : "power.choose")}</p>}
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {named && found.isPending && <Skeleton active paragraph={{ rows: 5 }} />}
      {named && found.data && <Told {...props} power={found.data} />}
    </Panel>
  );
}

function Told({ power, ofSegment, share, days, measure }: Props & { power: Power }) {
  const { t } = useTranslation("effect");
  const format = useFormat();
  const own = ofSegment ? power.chances[0] : power.chances.find((one) => one.days === days);
  const says = (events: string, segment: string, figures: Record<string, string | number>) =>
    t(`power.${ofSegment ? segment : events}`, figures);
  const sentence = () => {
    if (power.seen === 0) return says("nobody", "segmentNobody", { days: power.seen_days });
    if (!own || power.base === null) return says("tooFew", "segmentTooFew", { seen: count(power.seen) });
    const known = { days, share, customers: count(own.customers) };
    const base = percent(power.base);
    if (measure === "AUM" && own.yuan !== null)
      return says("seesYuan", "segmentSeesYuan", { ...known, yuan: format.money(own.yuan) });
    if (own.points === null) return says("blind", "segmentBlind", { ...known, base });
    return says("sees", "segmentSees", { ...known, points: (own.points * 100).toFixed(1), base });
  };
  return (
    <>
      <p className={styles.sentence} role="status">
        {sentence()}
      </p>
      {power.seen > 0 && !ofSegment && (
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
      <p className={styles.quiet}>
        {says("how", "segmentHow", { seen: count(power.seen), days: power.seen_days })}
      </p>
    </>
  );
}
