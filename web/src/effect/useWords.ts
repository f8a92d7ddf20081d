import { useTranslation } from "react-i18next";
import { MINUS } from "@/shared/format/money";
import { percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Effect, Experiment } from "./api";

/** Points of a rate: 0.0213 → +2.1; nothing is shown as a change where there is none. */
export function points(value: number): string {
  const text = Math.abs(value * 100).toFixed(1);
  if (Number(text) === 0) return "0.0";
  return (value < 0 ? MINUS : "+") + text;
}

/** Customers won per 100: 0.0213 → 2.13. */
export function won(value: number): string {
  const text = Math.abs(value * 100).toFixed(2);
  return (value < 0 && Number(text) !== 0 ? MINUS : "") + text;
}

/** What experiments are called and what they showed, in the viewer's words. */
export function useWords() {
  const { t } = useTranslation(["effect", "care", "shared"]);
  const format = useFormat();
  const difference = (measure: Experiment["measure"], value: number) =>
    measure === "KEPT"
      ? t("points", { figure: points(value) })
      : t("yuan", { figure: format.money(value, true) });
  const level = (measure: Experiment["measure"], value: number) =>
    measure === "KEPT" ? percent(value) : format.money(value, true);
  const range = (measure: Experiment["measure"], { low, high }: Pick<Effect, "low" | "high">) =>
    measure === "KEPT"
      ? t("range.points", { low: points(low), high: points(high) })
      : t("range.yuan", { low: format.money(low, true), high: format.money(high, true) });
  return {
    /** What an experiment is on. */
    scope: ({ events, segment }: Pick<Experiment, "events" | "segment">) =>
      segment
        ? t("ofSegment", { name: segment.name })
        : events.map((code) => t(`care:event.${code}`)).join(t("and")),
    difference,
    level,
    range,
    layer: (stratum: string) => {
      const [tier = "", band = "NONE"] = stratum.split("-");
      return t("layer", { tier: t(`shared:tier.${tier.slice(1)}`), band: t(`band.${band}`) });
    },
    /** The verdict as a sentence with its figures; before the first look, when there will be one. */
    sentence: ({ measure, status, report, ends_on }: Experiment): string => {
      if (!report) return t(status === "RUNNING" ? "noLook" : "notBegun");
      const main = measure === "KEPT" ? report.kept : report.aum;
      const day = ends_on ? format.date(ends_on) : "";
      const figures = main && {
        treated: level(measure, main.treated),
        control: level(measure, main.control),
        difference: difference(measure, main.difference),
        range: range(measure, main),
      };
      if (status === "STOPPED" && !report.first_claim) return t("stopped");
      if (!figures || report.verdict === "TOO_FEW" || report.verdict === "UNEQUAL")
        return t(`sentence.${report.verdict}`, {
          day,
          measured: report.care.measured + report.held_out.measured,
        });
      return t(`sentence.${report.verdict}.${measure}`, { ...figures, day });
    },
  };
}
