import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./care.module.css";

/** On a phone the form lies below the reasons: one tap brings it up, then the bar gets out of the way. */
export function ToForm({ onPress }: { onPress: () => void }) {
  const { t } = useTranslation("care");
  const [pressed, setPressed] = useState(false);
  if (pressed) return null;
  return (
    <div className={styles.toForm}>
      <Button
        type="primary"
        size="large"
        onClick={() => {
          setPressed(true);
          setTimeout(onPress);
        }}
      >
        {t("record.title")}
      </Button>
    </div>
  );
}
