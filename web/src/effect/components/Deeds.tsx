import { App, Button, Input, Modal, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { type Deed, type Experiment, useDeed } from "../api";
import styles from "./effect.module.css";

const LONGEST = 200;
/** What cannot be done without saying why. */
const EXPLAINED: Deed[] = ["refuse", "stop"];

function deedsOf({ status, may_decide, may_withdraw, may_run }: Experiment): Deed[] {
  const deeds: Deed[] = [];
  if (may_withdraw) deeds.push("withdraw");
  if (may_decide) deeds.push("refuse", "approve");
  if (may_run) deeds.push(status === "APPROVED" ? "start" : "stop");
  return deeds;
}

/** What the viewer may do with an experiment now. */
export function Deeds({ experiment }: { experiment: Experiment }) {
  const { t } = useTranslation(["effect", "shared"]);
  const { message } = App.useApp();
  const [open, setOpen] = useState<Deed | null>(null);
  const [reason, setReason] = useState("");
  const { mutate, isPending, error, reset } = useDeed(experiment.id);
  const run = (deed: Deed) =>
    mutate(
      { deed, reason: reason.trim() },
      {
        onSuccess: () => {
          setOpen(null);
          setReason("");
          void message.success(t(`done.${deed}`));
        },
      },
    );
  const ask = (deed: Deed) => {
    reset();
    setOpen(deed);
  };
  return (
    <>
      <span className={styles.deeds}>
        {deedsOf(experiment).map((deed) =>
          EXPLAINED.includes(deed) ? (
            <Button key={deed} onClick={() => ask(deed)}>
              {t(`deed.${deed}`)}
            </Button>
          ) : (
            <Popconfirm
              key={deed}
              title={t(`sure.${deed}`)}
              onConfirm={() => run(deed)}
              styles={{ container: { maxWidth: 340 } }}
            >
              <Button type={deed === "withdraw" ? "default" : "primary"} loading={isPending && !open}>
                {t(`deed.${deed}`)}
              </Button>
            </Popconfirm>
          ),
        )}
      </span>
      {error && !open && <ProblemView error={error} />}
      {open && (
        <Modal
          open
          title={t(`deed.${open}`)}
          okText={t(`deed.${open}`)}
          okButtonProps={{ disabled: !reason.trim(), danger: true }}
          confirmLoading={isPending}
          onOk={() => run(open)}
          onCancel={() => setOpen(null)}
        >
          <div className={styles.form}>
            <p className={styles.quiet}>{t(`sure.${open}`)}</p>
            <label>
              {t("why")}
              <Input.TextArea
                autoFocus
                value={reason}
                maxLength={LONGEST}
                aria-label={t("why")}
                onChange={(event) => setReason(event.target.value)}
              />
            </label>
            {error && <ProblemView error={error} />}
          </div>
        </Modal>
      )}
    </>
  );
}
