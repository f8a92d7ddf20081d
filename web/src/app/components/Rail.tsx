import { MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { preferences, usePreferences } from "@/shared/preferences";
import { entryOf, grouped, type Entry } from "../access";
import { Logo } from "./Logo";
import styles from "./shell.module.css";

export function Rail({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation("app");
  const { railCollapsed: collapsed } = usePreferences();
  const here = entryOf(useLocation().pathname, entries)?.path;
  const fold = t(collapsed ? "rail.open" : "rail.close");
  return (
    <nav className={`${styles.rail} ${collapsed ? styles.collapsed : ""}`} aria-label={t("rail.name")}>
      <Link to="/" className={styles.brand} aria-label={t("brand")}>
        <Logo />
        {!collapsed && <span>{t("brand")}</span>}
      </Link>
      {grouped(entries).map(({ group, entries: some }, n) => (
        <div key={group} className={styles.railGroup} role="group" aria-label={t(`group.${group}`)}>
          {n > 0 && !collapsed && <small aria-hidden>{t(`group.${group}`)}</small>}
          {some.map(({ path, name, icon: Icon }) => (
            <Tooltip key={path} title={collapsed ? t(name) : ""} placement="right">
              <Link
                to={path}
                className={styles.railLink}
                aria-label={t(name)}
                aria-current={path === here ? "page" : undefined}
              >
                <Icon />
                {!collapsed && <span>{t(name)}</span>}
              </Link>
            </Tooltip>
          ))}
        </div>
      ))}
      <span className={styles.grow} />
      <Button
        type="text"
        aria-label={fold}
        title={fold}
        icon={collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
        onClick={() => preferences.set({ railCollapsed: !collapsed })}
      />
    </nav>
  );
}
