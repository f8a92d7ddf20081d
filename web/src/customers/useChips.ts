import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import { useManagers } from "./api";
import { customChips } from "./custom";
import { useShownFields } from "./customApi";
import { useCustomerLists, useTags } from "./listsApi";
import { chips, type Chip, type UrlQuery } from "./filters";

/** The list's conditions in the viewer's words. */
export function useChips(): (url: UrlQuery) => Chip[] {
  const { t } = useTranslation(["customers", "shared"]);
  const format = useFormat();
  const tags = useTags();
  const lists = useCustomerLists();
  const managers = useManagers();
  const named = (rows: { id: number; name: string }[] | undefined) => (id: string) =>
    rows?.find((row) => String(row.id) === id)?.name ?? `#${id}`;
  const fields = useShownFields();
  return (url) => [
    ...chips(url, {
      t: (key, options) => t(key, options ?? {}),
      money: (amount) => format.money(amount),
      date: (day) => format.shortDate(day),
      tag: named(tags.data),
      list: named(lists.data),
      manager: named(managers.data),
    }),
    ...customChips(url.custom, fields.data ?? [], {
      t: (key, options) => t(key, options ?? {}),
      date: (day) => format.shortDate(day),
    }),
  ];
}
