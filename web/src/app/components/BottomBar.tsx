import { EllipsisOutlined } from "@ant-design/icons";
import { Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { entryOf, grouped, type Entry } from "../access";
import styles from "./shell.module.css";

/** As many as a thumb can tell apart; the rest is behind one more. */
const MOST = 5;

export function BottomBar({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation("app");
  const here = entryOf(useLocation().pathname, entries)?.path;
  if (entries.length < 2) return null;
  const shown = entries.length > MOST ? entries.slice(0, MOST - 1) : entries;
  const rest = entries.slice(shown.length);
  return (
    <nav className={styles.bottomBar} aria-label={t("rail.name")}>
      {shown.map(({ path, name, icon: Icon }) => (
        <Link
          key={path}
          to={path}
          className={styles.bottomLink}
          aria-current={path === here ? "page" : undefined}
        >
          <Icon />
          <span>{t(name)}</span>
        </Link>
      ))}
      {rest.length > 0 && (
        <Dropdown
          trigger={["click"]}
          placement="topRight"
          menu={{
            items: grouped(rest).map(({ group, entries: some }) => ({
              type: "group",
              key: group,
              label: t(`group.${group}`),
              children: some.map(({ path, name, icon: Icon }) => ({
                key: path,
                icon: <Icon />,
                label: <Link to={path}>{t(name)}</Link>,
              })),
            })),
          }}
        >
          <button type="button" className={styles.bottomLink} aria-haspopup="menu">
            <EllipsisOutlined />
            <span>{t("rail.more")}</span>
          </button>
        </Dropdown>
      )}
    </nav>
  );
}
