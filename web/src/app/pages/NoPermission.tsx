import { LockOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { homeFor } from "../access";

/** Says what the role may not do, who can grant it, and where one can go instead. */
export function NoPermission() {
  const { t } = useTranslation(["app", "shared"]);
  const me = useMe();
  const first = me.data && homeFor(me.data.rights);
  return (
    <EmptyState
      icon={<LockOutlined />}
      title={t("noPermission.title")}
      hint={t("noPermission.hint", { role: t(`shared:role.${me.data?.role}`) })}
      action={
        first && (
          <Link to={first.path}>
            <Button type="primary">{t("noPermission.action", { page: t(first.name) })}</Button>
          </Link>
        )
      }
    />
  );
}
