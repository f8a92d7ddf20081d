import { App, Button, Input, Modal, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import styles from "../../campaigns/components/campaign.module.css";
import { useDecision, useStep, type Kind, type Mission, type Reward, type Step } from "../api";

const LONGEST = 200;
const NARROW = { container: { maxWidth: 340 } };

interface Props {
  kind: Kind;
  row: Mission | Reward;
  onEdit: () => void;
}

function stepsOf(row: Mission | Reward): Step[] {
  const steps: Step[] = [];
  if (row.may_withdraw) steps.push("withdraw");
  if (row.may_write && row.state === "DRAFT") steps.push("submit");
  if (row.may_resume) steps.push("resume");
  if (row.may_pause) steps.push("pause");
  if (row.may_end) steps.push("end");
  return steps;
}

/** What the viewer may do with a mission or a reward now. */
export function Deeds({ kind, row, onEdit }: Props) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const { mutate, isPending, variables } = useStep(kind, row.id);
  const faulty = row.faults.length > 0;
  return (
    <span className={styles.tools}>
      {row.may_write && (
        <Button aria-label={`${t("points.deed.edit")} ${row.name}`} onClick={onEdit}>
          {t("points.deed.edit")}
        </Button>
      )}
      {stepsOf(row).map((step) => {
        const stuck = step === "submit" && faulty;
        return (
          <Popconfirm
            key={step}
            disabled={stuck}
            title={t(`points.sure.${step}`)}
            styles={NARROW}
            onConfirm={() =>
              mutate(step, {
                onSuccess: () => void message.success(t(`points.done.${step}`)),
                onError: problem,
              })
            }
          >
            <Button
              type={step === "submit" ? "primary" : "default"}
              danger={step === "end"}
              disabled={stuck}
              title={stuck ? t("points.faultyHint") : ""}
              aria-label={`${t(`points.deed.${step}`)} ${row.name}`}
              loading={isPending && variables === step}
            >
              {t(`points.deed.${step}`)}
            </Button>
          </Popconfirm>
        );
      })}
      {row.may_decide && <Decide kind={kind} row={row} />}
    </span>
  );
}

function Decide({ kind, row: { id, name, digest, faults } }: Omit<Props, "onEdit">) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const { mutate, isPending, error } = useDecision(kind, id);
  return (
    <>
      <Popconfirm
        title={t("points.sure.approve")}
        styles={NARROW}
        onConfirm={() =>
          mutate(
            { digest, reason: "" },
            { onSuccess: () => void message.success(t("points.done.approve")), onError: problem },
          )
        }
      >
        <Button
          type="primary"
          disabled={faults.length > 0}
          loading={isPending}
          aria-label={`${t("decide.approve")} ${name}`}
        >
          {t("decide.approve")}
        </Button>
      </Popconfirm>
      <Button danger aria-label={`${t("decide.refuse")} ${name}`} onClick={() => setRefusing(true)}>
        {t("decide.refuse")}
      </Button>
      {refusing && (
        <Modal
          open
          title={`${t("decide.refuse")} · ${name}`}
          okText={t("decide.refuse")}
          okButtonProps={{ disabled: reason.trim() === "", danger: true }}
          confirmLoading={isPending}
          onOk={() =>
            mutate(
              { digest, reason: reason.trim() },
              {
                onSuccess: () => {
                  setRefusing(false);
                  void message.success(t("points.done.refuse"));
                },
              },
            )
          }
          onCancel={() => setRefusing(false)}
        >
          <div className={styles.form}>
            <label htmlFor="points-refusal">{t("decide.reason")}</label>
            <Input.TextArea
              id="points-refusal"
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
