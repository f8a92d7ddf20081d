import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Monitoring } from "../api";
import { digitsOf } from "../measures";
import styles from "./scoring.module.css";

type Month = Monitoring["months"][number];
const TOLD = ["auc", "average_precision", "calibration_error", "precision_top", "error", "coverage"];

/** 逐月表现: the model in use on each month whose outcome became known, beside its test month. */
export function Months({ rows }: { rows: Month[] }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const measures = TOLD.filter((name) => rows.some(({ figures }) => name in figures));
  const columns: Column<Month>[] = [
    { key: "month", title: t("monitoring.month"), render: ({ month }) => format.month(month.slice(0, 7)) },
    { key: "model", title: t("monitoring.model"), align: "right", render: ({ number }) => number },
    {
      key: "n",
      title: t("monitoring.customers"),
      align: "right",
      render: ({ customers }) => count(customers),
    },
    ...measures.map((name): Column<Month> => ({
      key: name,
      title: t(`metric.${name}`),
      align: "right",
      render: ({ figures, tested }) => {
        const [now, then] = [figures[name], tested[name]];
        const say = (value: number | undefined) => value?.toFixed(digitsOf(name)) ?? "—";
        return then === undefined ? say(now) : `${say(now)} (${say(then)})`;
      },
    })),
    {
      key: "state",
      title: t("monitoring.state"),
      render: ({ fell }) => (
        <Tag color={fell ? "warning" : "success"}>{t(fell ? "monitoring.fell" : "monitoring.holds")}</Tag>
      ),
    },
  ];
  return (
    <div>
      <p className={styles.quiet}>{t("monitoring.months")}</p>
      <DataTable rowKey={({ month, number }) => `${month}-${number}`} columns={columns} rows={rows} />
    </div>
  );
}
