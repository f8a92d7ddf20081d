import {
  GlobalOutlined,
  LogoutOutlined,
  MoonOutlined,
  SafetyOutlined,
  SunOutlined,
  UserOutlined,
  VerticalAlignMiddleOutlined,
} from "@ant-design/icons";
import { Button, Dropdown, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useLanguage, useSignOut, type Me } from "@/access/api";
import { useFormat } from "@/shared/hooks/useFormat";
import { preferences, usePreferences } from "@/shared/preferences";
import { GlobalSearch } from "./GlobalSearch";
import styles from "./shell.module.css";

/** Search, freshness, who one is, and how one likes it. */
export function Header({ me, phone }: { me: Me; phone: boolean }) {
  const { t } = useTranslation(["app", "shared"]);
  const { language, theme, density } = usePreferences();
  const speakLanguage = useLanguage();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const format = useFormat();
  const day = me.freshness.biz_date;
  const asOf = day ? t("shared:asOf", { date: format.date(day) }) : t("freshness.none");
  const post = `${t(`shared:role.${me.role}`)} · ${me.org.name}`;

  const menu: MenuProps = {
    items: [
      {
        key: "who",
        type: "group",
        label: `${me.name} · ${post}`,
      },
      { key: "language", icon: <GlobalOutlined />, label: t("prefs.language") },
      {
        key: "theme",
        icon: theme === "dark" ? <SunOutlined /> : <MoonOutlined />,
        label: t(theme === "dark" ? "prefs.light" : "prefs.dark"),
      },
      {
        key: "density",
        icon: <VerticalAlignMiddleOutlined />,
        label: t(density === "compact" ? "prefs.comfortable" : "prefs.compact"),
      },
      { key: "security", icon: <SafetyOutlined />, label: t("prefs.security") },
      { type: "divider" },
      { key: "out", icon: <LogoutOutlined />, label: t("prefs.signOut") },
    ],
    onClick({ key }) {
      if (key === "language") speakLanguage(language === "en" ? "zh-hans" : "en");
      if (key === "theme") preferences.set({ theme: theme === "dark" ? "light" : "dark" });
      if (key === "density") preferences.set({ density: density === "compact" ? "comfortable" : "compact" });
      if (key === "security") void navigate("/security");
      if (key === "out") signOut.mutate(undefined, { onSettled: () => void navigate("/sign-in") });
    },
  };

  return (
    <header className={styles.header}>
      {me.rights.includes("customer.read") ? (
        <GlobalSearch phone={phone} />
      ) : (
        phone && <strong className={styles.phoneBrand}>{t("brand")}</strong>
      )}
      <span className={styles.grow} />
      {!phone && <span className={styles.freshness}>{asOf}</span>}
      {!phone && (
        <Button
          type="text"
          icon={<GlobalOutlined />}
          onClick={() => speakLanguage(language === "en" ? "zh-hans" : "en")}
        >
          {t("prefs.otherLanguage")}
        </Button>
      )}
      <Dropdown menu={menu} trigger={["click"]} placement="bottomRight">
        <button type="button" className={styles.who} aria-label={t("prefs.name")}>
          <span className={styles.avatar}>
            <UserOutlined />
          </span>
          <span className={styles.whoText}>
            <strong>{me.name}</strong>
            <small>{post}</small>
          </span>
        </button>
      </Dropdown>
      {phone && (
        <div className={styles.phoneLine}>
          <span>{post}</span>
          <span>{asOf}</span>
        </div>
      )}
    </header>
  );
}
