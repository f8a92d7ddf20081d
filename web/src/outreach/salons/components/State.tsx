import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Guest, Salon } from "../types";

const COLOURS = {
  DRAFT: "default",
  REVIEW: "warning",
  OPEN: "success",
  OVER: "default",
  CANCELLED: "error",
} as const;
const GUESTS = { INVITED: "default", COMING: "processing", WAITING: "warning", DECLINED: "default" } as const;

export function State({ state }: Pick<Salon, "state">) {
  const { t } = useTranslation("outreach");
  return (
    <Tag variant="filled" color={COLOURS[state]}>
      {t(`salon.state.${state}`)}
    </Tag>
  );
}

export function GuestState({ guest: { state, attended_at } }: { guest: Guest }) {
  const { t } = useTranslation("outreach");
  return (
    <Tag variant="filled" color={attended_at ? "success" : GUESTS[state]}>
      {t(`salon.part.${attended_at ? "ATTENDED" : state}`)}
    </Tag>
  );
}
