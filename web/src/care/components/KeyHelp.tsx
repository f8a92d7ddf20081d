import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import styles from "./care.module.css";

const KEYS = ["j", "k", "Enter", "c", "/", "Esc", "?"];

export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation("care");
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t("keys.title")} width={400}>
      <dl className={styles.keys}>
        {KEYS.map((key) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(`keys.${key}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
