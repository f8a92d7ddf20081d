import styles from "./standards.module.css";

interface Props {
  lines: { key: string; name: string; before: string; after: string }[];
}

/** What a change makes other: each number before and after. */
export function Differences({ lines }: Props) {
  return (
    <ul className={styles.differences}>
      {lines.map(({ key, name, before, after }) => (
        <li key={key}>
          {name} <del>{before}</del> → <b>{after}</b>
        </li>
      ))}
    </ul>
  );
}
