import { Button, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import type { Version } from "../storeApi";
import styles from "./segment.module.css";

interface Props {
  theirs: Version;
  /** The own rule as a sentence. */
  mine: string;
  busy: boolean;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}

/** Somebody else saved meanwhile: both rules side by side, and nothing is lost either way. */
export function Conflict({ theirs, mine, busy, onMine, onTheirs, onClose }: Props) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  return (
    <Modal open title={t("conflict.title")} footer={null} onCancel={onClose} width={640}>
      <div className={styles.form}>
        <p>
          {t("conflict.who", {
            name: theirs.made_by,
            at: format.moment(theirs.made_at),
            number: theirs.number,
          })}
        </p>
        <section>
          <h4>{t("conflict.theirs")}</h4>
          <p>{theirs.sentence}</p>
          {theirs.note && <small>{theirs.note}</small>}
        </section>
        <section>
          <h4>{t("conflict.mine")}</h4>
          <p>{mine}</p>
        </section>
        <div className={styles.deeds}>
          <Button type="primary" loading={busy} onClick={onMine}>
            {t("conflict.saveMine")}
          </Button>
          <Button onClick={onTheirs}>{t("conflict.takeTheirs")}</Button>
          <Button type="text" onClick={onClose}>
            {t("conflict.back")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
