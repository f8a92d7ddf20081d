import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import { usePreferences } from "@/shared/preferences";
import type { Effect, Standard, Values } from "./api";
import { sentenceOf } from "./effect";
import { differencesOf, figureOf, kindOf, type Difference } from "./values";

/** The standards' names and values in the viewer's words. */
export function useWords(standards: Standard[]) {
  const { t } = useTranslation(["standards", "shared"]);
  const { language } = usePreferences();
  const format = useFormat();
  const of = (code: string) => standards.find((standard) => standard.code === code);
  const name = (code: string, rank: number | null) =>
    rank === null ? (of(code)?.name ?? code) : t("floorOf", { tier: t(`shared:tier.${rank}`) });
  const value = (code: string, figure: number) => {
    const kind = kindOf(of(code)?.unit ?? "");
    return t(`value.${kind}`, { figure: figureOf(figure, kind, language) });
  };
  const line = ({ code, rank, before, after }: Difference) => ({
    key: `${code}/${rank}`,
    name: name(code, rank),
    before: value(code, before),
    after: value(code, after),
  });
  const lines = (before: Values, after: Values) => differencesOf(before, after).map(line);
  const now = Object.fromEntries(standards.map((standard) => [standard.code, standard.value]));
  const sentence = (effect: Effect, before: Values = now) =>
    sentenceOf(
      t,
      (amount) => format.money(amount),
      effect,
      lines(before, effect.values).map((one) => ({ name: one.name, value: one.after })),
    );
  return { name, value, lines, sentence };
}
