import { Tag } from "antd";
import { useTranslation } from "react-i18next";

const COLOURS: Record<string, string> = { CANDIDATE: "processing", APPROVED: "warning", RELEASED: "success" };

/** Where a model stands. */
export function ModelStatus({ status }: { status: string }) {
  const { t } = useTranslation("scoring");
  return (
    <Tag color={COLOURS[status] ?? "default"} style={{ marginInlineEnd: 0 }}>
      {t(`status.${status}`)}
    </Tag>
  );
}
