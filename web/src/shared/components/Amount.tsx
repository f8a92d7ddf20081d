import { useTranslation } from "react-i18next";
import { useFormat } from "../hooks/useFormat";
import styles from "./figures.module.css";

interface Props {
  value: string | number | null | undefined;
  /** For changes: show the plus, and a fall in red. */
  change?: boolean;
  /** The viewer's role sees bands only: `value` is the lower edge. */
  banded?: boolean;
}

/** An amount in CNY, short; the exact one on hover and for screen readers' titles. */
export function Amount({ value, change = false, banded = false }: Props) {
  const { t } = useTranslation("shared");
  const format = useFormat();
  if (value === null || value === undefined) return <span className={styles.missing}>—</span>;
  const falling = change && Number(value) < 0;
  const title = banded ? t("banded") : t("exact", { amount: format.exact(value, change) });
  return (
    <span className={falling ? `${styles.figure} ${styles.down}` : styles.figure} title={title}>
      {banded && "≥"}
      {format.money(value, change)}
    </span>
  );
}
