import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import type { Entry } from "../access";
import styles from "./shell.module.css";

export function BottomBar({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation("app");
  if (entries.length < 2) return null;
  return (
    <nav className={styles.bottomBar} aria-label={t("rail.name")}>
      {entries.map(({ path, name, icon: Icon }) => (
        <NavLink key={path} to={path} className={styles.bottomLink}>
          <Icon />
          <span>{t(name)}</span>
        </NavLink>
      ))}
    </nav>
  );
}
