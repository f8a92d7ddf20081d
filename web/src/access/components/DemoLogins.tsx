import { RightOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { usePreferences } from "@/shared/preferences";
import styles from "./access.module.css";

interface Props {
  logins: Schemas["DemoLogin"][];
  busy: boolean;
  onPick: (login: { emp_no: string; password: string }) => void;
}

/** The demo bank's people: one click and one is in. */
export function DemoLogins({ logins, busy, onPick }: Props) {
  const { t } = useTranslation("access");
  const { language } = usePreferences();
  return (
    <section className={styles.demo}>
      <h2>{t("demo.title")}</h2>
      <p>{t("demo.hint")}</p>
      {logins.map((login) => (
        <button
          key={login.emp_no}
          type="button"
          disabled={busy}
          className={styles.pick}
          onClick={() => onPick({ emp_no: login.emp_no, password: login.password })}
        >
          <span>{language === "en" ? login.en : login.zh}</span>
          <small>{login.emp_no}</small>
          <RightOutlined />
        </button>
      ))}
      <p>{t("demo.noSecond")}</p>
    </section>
  );
}
