import { App, Button, Input, Modal, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { type Deed, useDeed, useEnter, useRefuse } from "../api";
import type { JourneyDetail } from "../types";
import styles from "./journey.module.css";

const LONGEST = 200;

/** What the viewer may do with the version that is shown, and with the journey. */
function deedsOf(journey: JourneyDetail, newest: boolean): Deed[] {
  const version = journey.versions.find(({ number }) => number === journey.number);
  const deeds: Deed[] = [];
  if (journey.may_resume) deeds.push("resume");
  if (journey.may_pause) deeds.push("pause");
  if (journey.may_stop) deeds.push("stop");
  if (journey.may_withdraw && version?.state === "PENDING") deeds.push("withdraw");
  if (newest && journey.may_write && version?.state === "DRAFT") deeds.push("submit");
  if (journey.may_decide && version?.state === "PENDING") deeds.push("approve");
  return deeds;
}

export function Deeds({ journey, newest }: { journey: JourneyDetail; newest: boolean }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const { mutate, isPending, variables } = useDeed(journey.id);
  const enter = useEnter(journey.id);
  const deeds = deedsOf(journey, newest);
  const faulty = journey.check.faults.length > 0;
  return (
    <>
      {journey.may_enter && (
        <Popconfirm
          title={t("journey.sure.enter")}
          onConfirm={() =>
            enter.mutate(undefined, {
              onSuccess: ({ entered }) =>
                void message.success(t("journey.done.enter", { number: count(entered) })),
              onError: problem,
            })
          }
        >
          <Button loading={enter.isPending}>{t("journey.deed.enter")}</Button>
        </Popconfirm>
      )}
      {deeds.map((deed) => {
        const stuck = faulty && (deed === "submit" || deed === "approve");
        return (
          <Popconfirm
            key={deed}
            disabled={stuck}
            title={t(`journey.sure.${deed}`)}
            styles={{ container: { maxWidth: 340 } }}
            onConfirm={() =>
              mutate(deed, {
                onSuccess: () => void message.success(t(`journey.done.${deed}`)),
                onError: problem,
              })
            }
          >
            <Button
              type={deed === "submit" || deed === "approve" ? "primary" : "default"}
              danger={deed === "stop"}
              disabled={stuck}
              title={stuck ? t("journey.deed.faulty") : ""}
              loading={isPending && variables === deed}
            >
              {t(`journey.deed.${deed}`)}
            </Button>
          </Popconfirm>
        );
      })}
      {deeds.includes("approve") && <Refuse journey={journey} />}
    </>
  );
}

function Refuse({ journey: { id, name } }: { journey: JourneyDetail }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const { mutate, isPending, error } = useRefuse(id);
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {t("journey.deed.refuse")}
      </Button>
      {open && (
        <Modal
          open
          title={t("journey.refuseTitle", { name })}
          okText={t("journey.deed.refuse")}
          okButtonProps={{ disabled: reason.trim() === "", danger: true }}
          confirmLoading={isPending}
          onOk={() =>
            mutate(reason.trim(), {
              onSuccess: () => {
                setOpen(false);
                void message.success(t("journey.done.refuse"));
              },
            })
          }
          onCancel={() => setOpen(false)}
        >
          <div className={styles.form}>
            <label htmlFor="journey-refusal">{t("decide.reason")}</label>
            <Input.TextArea
              id="journey-refusal"
              rows={2}
              maxLength={LONGEST}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
            {error && <ProblemView error={error} />}
          </div>
        </Modal>
      )}
    </>
  );
}
