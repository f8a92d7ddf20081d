import { Popover } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../hooks/useFormat";
import styles from "./figures.module.css";

interface Props {
  title: string;
  /** How the figure came about. */
  text: ReactNode;
  /** Business date it holds for. */
  asOf?: string | null | undefined;
  children: ReactNode;
}

/** A figure that says how it came about and as of which date, when asked. */
export function Explain({ title, text, asOf, children }: Props) {
  const { t } = useTranslation("shared");
  const format = useFormat();
  const content = (
    <div className={styles.explanation}>
      <div>{text}</div>
      {asOf && <div className={styles.asOf}>{t("asOf", { date: format.date(asOf) })}</div>}
    </div>
  );
  return (
    <Popover title={title} content={content} trigger={["hover", "click"]} mouseEnterDelay={0.3}>
      <button type="button" className={styles.explain} aria-label={`${title}: ${t("how")}`}>
        {children}
      </button>
    </Popover>
  );
}
