import { CompassOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EmptyState } from "@/shared/components/EmptyState";

export function NotFound() {
  const { t } = useTranslation("app");
  return (
    <EmptyState
      icon={<CompassOutlined />}
      title={t("notFound.title")}
      hint={t("notFound.hint")}
      action={
        <Link to="/">
          <Button type="primary">{t("notFound.action")}</Button>
        </Link>
      }
    />
  );
}
