import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/problem";

/** Why something can't be done with a customer's points, if that is what an error says. */
export function useRefusal(): (error: unknown) => string | undefined {
  const { t } = useTranslation("outreach");
  return (error) =>
    error instanceof Problem && error.code === "points_refused"
      ? t(`points.refusal.${error.place}`, { defaultValue: error.message })
      : undefined;
}
