import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Campaign } from "../types";

const COLOURS = {
  DRAFT: "default",
  REVIEW: "warning",
  APPROVED: "processing",
  RUNNING: "success",
  PAUSED: "warning",
  ENDED: "default",
} as const;

export function State({ campaign: { state, halted } }: { campaign: Pick<Campaign, "state" | "halted"> }) {
  const { t } = useTranslation("outreach");
  return (
    <>
      <Tag variant="filled" color={COLOURS[state]}>
        {t(`campaign.state.${state}`)}
      </Tag>
      {halted && state !== "ENDED" && (
        <Tag variant="filled" color="error">
          {t(`campaign.halt.${halted}.short`)}
        </Tag>
      )}
    </>
  );
}
