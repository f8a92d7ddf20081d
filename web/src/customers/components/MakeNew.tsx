import { PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import styles from "./customers.module.css";

/** A name and a button that makes something of it. */
export function MakeNew({
  label,
  most,
  make,
}: {
  label: string;
  most: number;
  make: (name: string) => Promise<unknown>;
}) {
  const { t } = useTranslation("customers");
  const notice = useProblemNotice();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const send = () => {
    setBusy(true);
    make(name)
      .then(() => setName(""), notice)
      .finally(() => setBusy(false));
  };
  return (
    <div className={styles.makeNew}>
      <Input
        aria-label={label}
        placeholder={label}
        maxLength={most}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={() => name.trim() && send()}
      />
      <Button icon={<PlusOutlined />} disabled={!name.trim()} loading={busy} onClick={send}>
        {t("bulk.make")}
      </Button>
    </div>
  );
}
