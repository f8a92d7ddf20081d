import { useTranslation } from "react-i18next";
import { useFormat } from "../hooks/useFormat";
import styles from "./figures.module.css";

interface Props {
  value: string | number | null | undefined;
  /** Show a plus, and the direction by colour: for changes. */
  change?: boolean;
  /** The viewer's role sees bands only: `value` is the lower edge. */
  banded?: boolean;
}

/** An amount in CNY, short; the exact one on hover and for screen readers' titles. */
export function Amount({ value, change = false, banded = false }: Props) {
  const { t } = useTranslation("shared");
  const format = useFormat();
  if (value === null || value === undefined) return <span className={styles.missing}>—</span>;
  const tone =
    change && Number(value) < 0 ? styles.down : change && Number(value) > 0 ? styles.up : undefined;
  const title = banded ? t("banded") : t("exact", { amount: format.exact(value, change) });
  return (
    <span className={`${styles.figure} ${tone ?? ""}`} title={title}>
      {banded && "≥"}
      {format.money(value, change)}
    </span>
  );
}
