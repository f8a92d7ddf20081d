import { Tag } from "antd";
import { useTranslation } from "react-i18next";

const COLOURS: Record<string, string> = { HIGH: "error", MEDIUM: "warning", LOW: "default" };

/** How likely a customer is to leave: high, medium, low. */
export function BandTag({ band }: { band: string }) {
  const { t } = useTranslation("scoring");
  return (
    <Tag color={COLOURS[band] ?? "default"} variant="filled" style={{ marginInlineEnd: 0 }}>
      {t(`band.${band}`)}
    </Tag>
  );
}
