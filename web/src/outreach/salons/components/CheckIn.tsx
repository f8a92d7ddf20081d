import { Alert, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import styles from "../../campaigns/components/campaign.module.css";
import { useCheckIn } from "../api";
import type { SalonDetail } from "../types";

/** 签到: the code that a guest shows, typed or read by a hand-held scanner, which types and presses Enter. */
export function CheckIn({ salon }: { salon: SalonDetail }) {
  const { t } = useTranslation("outreach");
  const [code, setCode] = useState("");
  const { mutate, isPending, data, error } = useCheckIn(salon.id);
  const send = () => {
    if (code.trim() === "" || isPending) return;
    mutate(code.trim(), { onSuccess: () => setCode("") });
  };
  return (
    <Panel
      title={t("salon.door.title")}
      extra={
        <span className={styles.quiet}>
          {t("salon.door.so", { came: count(salon.attended), taken: count(salon.taken) })}
        </span>
      }
    >
      <div className={styles.form}>
        <div className={styles.tools}>
          <Input
            aria-label={t("salon.door.code")}
            placeholder={t("salon.door.code")}
            inputMode="numeric"
            autoFocus
            maxLength={40}
            style={{ maxWidth: 260 }}
            value={code}
            onChange={({ target }) => setCode(target.value)}
            onPressEnter={send}
          />
          <Button type="primary" disabled={code.trim() === ""} loading={isPending} onClick={send}>
            {t("salon.door.in")}
          </Button>
        </div>
        {data && !error && (
          <Alert
            type={data.unsuited ? "warning" : "success"}
            showIcon
            title={t("salon.door.came", { name: data.name, count: data.seats })}
            description={data.unsuited ? t("salon.unsuitedHint") : undefined}
          />
        )}
        {error && <ProblemView error={error} />}
      </div>
    </Panel>
  );
}
