import { useTranslation } from "react-i18next";
import { FAILURES, WHYS } from "./codes";

const KNOWN = new Set<string>([...WHYS, ...FAILURES]);

/** Why a message did not go, in the reader's words; what a provider alone knows, as it said it. */
export function useWhy(): (why: string) => string {
  const { t } = useTranslation("outreach");
  return (why) => {
    if (!why) return "";
    if (why.startsWith("HTTP_")) return t("why.HTTP", { status: why.slice(5) });
    if (why.startsWith("SMTP_")) return t("why.SMTP", { status: why.slice(5) });
    if (why.startsWith("SMPP_")) return t("why.SMPP", { status: why.slice(5) });
    if (/^WECOM_-?\d+$/.test(why)) return t("why.WECOM", { status: why.slice(6) });
    return KNOWN.has(why) ? t(`why.${why}`) : t("why.other", { why });
  };
}
