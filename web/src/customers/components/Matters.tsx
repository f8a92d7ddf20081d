import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";

export const MATTERS = ["COMPLAINT", "RIGHTS"] as const;

/** 未了事项: what whoever takes the customer over must know at once. */
export function Matters({ matters }: { matters: Schemas["HandoverItemOut"]["matters"] }) {
  const { t } = useTranslation("customers");
  if (matters.length === 0) return null;
  return (
    <span>
      {matters.map((matter) => (
        <Tag key={matter} color="warning" variant="filled" title={t(`matterHint.${matter}`)}>
          {t(`matter.${matter}`)}
        </Tag>
      ))}
    </span>
  );
}
