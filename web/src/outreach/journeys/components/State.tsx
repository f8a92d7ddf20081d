import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Journey } from "../types";

const COLOURS = { DRAFT: "default", RUNNING: "success", PAUSED: "warning", STOPPED: "default" } as const;

export function State({ journey: { state, waiting } }: { journey: Journey }) {
  const { t } = useTranslation("outreach");
  return (
    <>
      <Tag variant="filled" color={COLOURS[state]}>
        {t(`journey.state.${state}`)}
      </Tag>
      {waiting !== null && (
        <Tag variant="filled" color="warning">
          {t("journey.waiting", { number: waiting })}
        </Tag>
      )}
    </>
  );
}
