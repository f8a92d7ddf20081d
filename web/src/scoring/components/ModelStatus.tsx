import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { ModelOut } from "../api";

const COLOURS: Record<string, string> = { CANDIDATE: "processing", APPROVED: "warning", RELEASED: "success" };

/** Where a model stands; that of an approved one which scores beside the model in use says so. */
export function ModelStatus({ model: { status, challenger } }: { model: ModelOut }) {
  const { t } = useTranslation("scoring");
  return (
    <Tag color={COLOURS[status] ?? "default"} style={{ marginInlineEnd: 0 }}>
      {t(`status.${challenger ? "CHALLENGER" : status}`)}
    </Tag>
  );
}
