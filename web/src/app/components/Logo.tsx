import styles from "./shell.module.css";

export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg className={styles.logo} viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M9 8l7 8.5L23 8M16 16.5V25M10.5 19h11" />
    </svg>
  );
}
