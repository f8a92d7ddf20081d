import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Experiment } from "../api";

const COLOURS: Partial<Record<Experiment["status"], string>> = {
  PENDING: "warning",
  APPROVED: "cyan",
  RUNNING: "blue",
  ENDED: "success",
};

export function Status({ status }: { status: Experiment["status"] }) {
  const { t } = useTranslation("effect");
  return (
    <Tag color={COLOURS[status] ?? "default"} variant="filled">
      {t(`status.${status}`)}
    </Tag>
  );
}
