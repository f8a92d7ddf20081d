import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";

/** From when to when a campaign is on, in the reader's words. */
export function useWindow(): (of: { starts_on: string; ends_on: string }) => string {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  return ({ starts_on, ends_on }) =>
    starts_on === ends_on
      ? format.shortDate(starts_on)
      : t("campaign.fromTo", {
          from: format.shortDate(starts_on),
          to: format.shortDate(ends_on, starts_on),
        });
}
