import { useTranslation } from "react-i18next";
import type { RunOut } from "./api";

/** Why a run is held or failed, and what helps, in the viewer's language. */
export function useRunReason() {
  const { t } = useTranslation("nightly");
  return ({ reason, feed }: RunOut): { title: string; remedy: string } => {
    const code = t(`reason.${reason}.title`, { defaultValue: "" }) ? reason : "error";
    const file = feed ? t(`feed.${feed}`, { defaultValue: feed }) : "";
    const title = t(`reason.${code}.title`);
    const whole = file ? t("fileReason", { file, title }) : title.charAt(0).toUpperCase() + title.slice(1);
    return { title: whole, remedy: t(`reason.${code}.remedy`) };
  };
}
