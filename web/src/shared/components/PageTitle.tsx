import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../hooks/useFormat";
import styles from "./layout.module.css";

interface Props {
  /** The question that the page answers. */
  question: string;
  asOf?: string | null | undefined;
  extra?: ReactNode;
}

export function PageTitle({ question, asOf, extra }: Props) {
  const { t } = useTranslation("shared");
  const format = useFormat();
  return (
    <header className={styles.title}>
      <div className={styles.titleText}>
        <h1>{question}</h1>
        <span className={styles.titleDate}>{asOf ? t("asOf", { date: format.date(asOf) }) : "\u00a0"}</span>
      </div>
      {extra}
    </header>
  );
}
