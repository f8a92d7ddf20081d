import { useTranslation } from "react-i18next";
import { Amount } from "@/shared/components/Amount";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import { CATEGORIES } from "../codes";

interface Category {
  state: "OFFERED" | "FEW" | "POOR";
  learned_none: number;
  learned_new: number;
  held_none: number;
  new: number;
  balance: number;
  worth: number;
  auc?: number;
  average_precision?: number;
  calibration_error?: number;
}

/** What `scoring/value/train_products.py` tells of a next-product model. */
export interface ProductFigures {
  customers: number;
  categories: Record<string, Category>;
}

/** Category by category: how many newly held it, how well that was foreseen, and whether it is proposed. */
export function ProductMetrics({ figures }: { figures: ProductFigures }) {
  const { t } = useTranslation("scoring");
  type Row = Category & { code: (typeof CATEGORIES)[number] };
  const rows: Row[] = CATEGORIES.flatMap((code) => {
    const found = figures.categories[code];
    return found ? [{ code, ...found }] : [];
  });
  const of = (many: number, none: number) => t("model.ofMany", { new: count(many), none: count(none) });
  const columns: Column<Row>[] = [
    { key: "category", title: t("model.category"), render: ({ code }) => t(`category.${code}`) },
    { key: "state", title: t("model.state"), render: ({ state }) => t(`learned.${state}`) },
    {
      key: "learned",
      title: t("model.learnedNew"),
      align: "right",
      render: (row) => of(row.learned_new, row.learned_none),
    },
    {
      key: "tested",
      title: t("model.testedNew"),
      align: "right",
      render: (row) => of(row.new, row.held_none),
    },
    { key: "auc", title: t("metric.auc"), align: "right", render: ({ auc }) => auc?.toFixed(3) ?? "—" },
    {
      key: "ap",
      title: t("metric.average_precision"),
      align: "right",
      render: ({ average_precision: found }) => found?.toFixed(3) ?? "—",
    },
    {
      key: "error",
      title: t("metric.calibration_error"),
      align: "right",
      render: ({ calibration_error: found }) => (found === undefined ? "—" : percent(found)),
    },
    {
      key: "balance",
      title: t("model.typical"),
      align: "right",
      render: ({ balance }) => (balance ? <Amount value={balance} /> : "—"),
    },
    {
      key: "worth",
      title: t("model.yearly"),
      align: "right",
      render: ({ worth }) => <Amount value={worth} />,
    },
  ];
  return (
    <Panel title={t("model.productMetrics", { customers: count(figures.customers) })} flush>
      <DataTable rowKey={({ code }) => code} columns={columns} rows={rows} />
    </Panel>
  );
}
