import type { ReactNode } from "react";
import styles from "./layout.module.css";

interface Props {
  icon?: ReactNode;
  title: string;
  /** Why it is empty and what to do. */
  hint?: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon, title, hint, action }: Props) {
  return (
    <div className={styles.empty} role="status">
      {icon && <div className={styles.emptyIcon}>{icon}</div>}
      <div className={styles.emptyTitle}>{title}</div>
      {hint && <div className={styles.emptyHint}>{hint}</div>}
      {action && <div className={styles.emptyAction}>{action}</div>}
    </div>
  );
}
