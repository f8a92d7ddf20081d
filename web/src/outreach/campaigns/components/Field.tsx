import type { ReactNode } from "react";
import styles from "./campaign.module.css";

/** A named field of the form, with a hint below it. */
export function Field({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    <label className={styles.field}>
      <span>{name}</span>
      {children}
      {hint && <small>{hint}</small>}
    </label>
  );
}
