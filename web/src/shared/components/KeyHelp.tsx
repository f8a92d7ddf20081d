import { Modal } from "antd";
import styles from "./layout.module.css";

interface Props {
  title: string;
  /** Each key with what it does. */
  keys: [key: string, does: string][];
  open: boolean;
  onClose: () => void;
}

/** The keys of a page. */
export function KeyHelp({ title, keys, open, onClose }: Props) {
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={title} width={400}>
      <dl className={styles.keys}>
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
