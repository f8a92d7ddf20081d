import { App, Select } from "antd";
import { useTranslation } from "react-i18next";
import { problemText } from "@/shared/problem";
import { useAssign, useBranch, type TaskOut } from "../api";
import styles from "./care.module.css";

/** A branch manager hands a task to one of the team, who already has how many. */
export function Assign({ task }: { task: TaskOut }) {
  const { t } = useTranslation("care");
  const { notification } = App.useApp();
  const branch = useBranch(null);
  const assign = useAssign();
  const give = (userId: number) =>
    assign.mutate(
      { task, userId },
      {
        onSuccess: (given) =>
          notification.success({
            placement: "bottom",
            title: t("assign.done", { customer: task.customer.name, person: given.assignee?.name }),
          }),
        onError: (error) => {
          const text = problemText(error, t);
          notification.error({ placement: "bottom", title: text.title, description: text.remedy });
        },
      },
    );
  return (
    <div className={styles.assign}>
      <span className={styles.quiet}>
        {task.assignee ? t("assign.owner", { person: task.assignee.name }) : t("assign.pool")}
      </span>
      <Select
        placeholder={t("assign.to")}
        aria-label={t("assign.to")}
        value={null as number | null}
        loading={branch.isPending || assign.isPending}
        showSearch={{ optionFilterProp: "label" }}
        onChange={(userId) => userId !== null && give(userId)}
        options={(branch.data?.team ?? [])
          .filter(({ user }) => user.id !== task.assignee?.id)
          .map(({ user, tasks_left }) => ({
            value: user.id,
            label: t("assign.person", { person: user.name, count: tasks_left }),
          }))}
      />
    </div>
  );
}
