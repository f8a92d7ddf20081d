import { Button } from "antd";
import { WarningOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/shared/components/EmptyState";

/** A page's code failed, or could not be fetched (a new version was released meanwhile): reload. */
export function Crash() {
  const { t } = useTranslation("shared");
  return (
    <EmptyState
      icon={<WarningOutlined />}
      title={t("problem.page.title")}
      hint={t("problem.page.remedy")}
      action={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t("reload")}
        </Button>
      }
    />
  );
}
