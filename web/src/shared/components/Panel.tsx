import type { ReactNode } from "react";
import styles from "./layout.module.css";

interface Props {
  title?: ReactNode;
  extra?: ReactNode;
  flush?: boolean;
  className?: string;
  children: ReactNode;
}

/** A quiet white sheet with an optional heading; `flush` for tables that reach its edges. */
export function Panel({ title, extra, flush = false, className = "", children }: Props) {
  return (
    <section className={`${styles.panel} ${className}`}>
      {(title || extra) && (
        <div className={styles.panelHead}>
          {title && <h2>{title}</h2>}
          {extra}
        </div>
      )}
      <div className={flush ? styles.flush : styles.panelBody}>{children}</div>
    </section>
  );
}
