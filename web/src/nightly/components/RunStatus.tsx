import { CheckCircleFilled, CloseCircleFilled, LoadingOutlined, PauseCircleFilled } from "@ant-design/icons";
import { Tag } from "antd";
import { useTranslation } from "react-i18next";

const LOOK: Record<string, { color: string; icon: React.ReactNode }> = {
  RUNNING: { color: "processing", icon: <LoadingOutlined /> },
  SUCCEEDED: { color: "success", icon: <CheckCircleFilled /> },
  HELD: { color: "warning", icon: <PauseCircleFilled /> },
  FAILED: { color: "error", icon: <CloseCircleFilled /> },
};

export function RunStatus({ status }: { status: string }) {
  const { t } = useTranslation("nightly");
  return (
    <Tag color={LOOK[status]?.color} icon={LOOK[status]?.icon} variant="filled">
      {t(`status.${status}`)}
    </Tag>
  );
}
