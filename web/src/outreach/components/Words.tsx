import styles from "./outreach.module.css";

/** What a customer reads: of an e-mail with its subject above. */
export function Words({ subject, text }: { subject: string; text: string }) {
  return (
    <blockquote className={styles.bubble} lang="zh">
      {subject && <strong className={styles.subject}>{subject}</strong>}
      {text}
    </blockquote>
  );
}
