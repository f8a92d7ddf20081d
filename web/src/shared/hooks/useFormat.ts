import { useMemo } from "react";
import { usePreferences } from "../preferences";
import * as dates from "../format/dates";
import { axisMoney, exactMoney, shortMoney } from "../format/money";

/** The formatters, speaking the viewer's language. */
export function useFormat() {
  const { language } = usePreferences();
  return useMemo(
    () => ({
      money: (amount: string | number, signed = false) => shortMoney(amount, language, signed),
      axis: (amount: number) => axisMoney(amount, language),
      exact: exactMoney,
      date: (day: string, reference?: string) => dates.longDate(day, language, reference),
      shortDate: (day: string, reference?: string) => dates.shortDate(day, language, reference),
      month: (month: string, reference?: string) => dates.monthName(month, language, reference),
      moment: (at: string) => dates.moment(at, language),
      duration: (seconds: number) => dates.duration(seconds, language),
    }),
    [language],
  );
}
