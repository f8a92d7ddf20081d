import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useCustomerTasks } from "../api";
import { useDue, workdayOf } from "../useDue";
import { useRecording } from "../useRecording";
import type { TaskOut } from "../api";
import styles from "./care.module.css";
import { LastContact } from "./LastContact";
import { PlanTask } from "./PlanTask";
import { Reasons } from "./Reasons";
import { ResultForm } from "./ResultForm";

function OpenTask({ task, workday, mayWork }: { task: TaskOut; workday: string; mayWork: boolean }) {
  const due = useDue(task, workday);
  const { send } = useRecording();
  return (
    <div className={styles.step}>
      <div className={due.late ? styles.late : styles.quiet}>
        {due.text}
        {task.assignee && ` · ${task.assignee.name}`}
      </div>
      <Reasons reasons={task.reasons} />
      {task.talk.length > 0 && (
        <ul className={styles.talk}>
          {task.talk.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {task.last_contact && <LastContact contact={task.last_contact} />}
      {mayWork && <ResultForm key={task.id} onRecord={(result) => send(task, result)} />}
    </div>
  );
}

interface Props {
  customerId: number;
  name: string;
  bizDate: string;
}

/** What to do with this customer next, done in place; a contact nobody planned is recorded here too. */
export function NextSteps({ customerId, name, bizDate }: Props) {
  const { t } = useTranslation("care");
  const me = useMe();
  const tasks = useCustomerTasks(customerId);
  const { sendContact } = useRecording();
  const [adding, setAdding] = useState(false);
  const [planning, setPlanning] = useState(false);
  const mayWork = me.data?.rights.includes("task.work") ?? false;
  const open = (tasks.data ?? []).filter(({ status }) => status === "NEW" || status === "IN_PROGRESS");
  return (
    <Panel
      title={t("steps.title")}
      extra={
        mayWork && (
          <Button size="small" onClick={() => setPlanning(true)}>
            {t("byHand.plan")}
          </Button>
        )
      }
    >
      {planning && <PlanTask customerIds={[customerId]} onClose={() => setPlanning(false)} />}
      {tasks.error && !tasks.data && <ProblemView error={tasks.error} onRetry={() => void tasks.refetch()} />}
      {open.map((task) => (
        <OpenTask key={task.id} task={task} workday={workdayOf(bizDate)} mayWork={mayWork} />
      ))}
      {tasks.data && open.length === 0 && (
        <div className={styles.step}>
          <div>
            {t("steps.none")} {mayWork && <span className={styles.quiet}>{t("steps.noneHint")}</span>}
          </div>
          {mayWork && !adding && (
            <div>
              <Button onClick={() => setAdding(true)}>{t("steps.add")}</Button>
            </div>
          )}
          {adding && (
            <ResultForm
              onRecord={(result) => {
                setAdding(false);
                sendContact(customerId, name, result);
              }}
            />
          )}
        </div>
      )}
    </Panel>
  );
}
