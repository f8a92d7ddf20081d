import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import { problemText } from "@/shared/problem";
import { useRecord, useWithdraw, type ResultIn, type TaskOut } from "./api";
import { closes } from "./closes";

const UNDO_SECONDS = 8;

/** Record a result at once and offer to take it back for some seconds; a failure says so and puts it back. */
export function useRecording() {
  const { t } = useTranslation(["care", "shared"]);
  const { notification } = App.useApp();
  const format = useFormat();
  const record = useRecord();
  const withdraw = useWithdraw();

  const fail = (error: unknown, retry?: () => void) => {
    const text = problemText(error, t);
    notification.error({
      key: "record",
      title: text.title,
      description: text.remedy,
      duration: 0,
      actions: retry && text.retry && (
        <Button size="small" onClick={retry}>
          {t("shared:retry")}
        </Button>
      ),
    });
  };

  const undo = (contactId: number, customerId: number, name: string) =>
    withdraw.mutate(
      { contactId, customerId },
      {
        onSuccess: () => notification.info({ key: "record", title: t("undone", { name }), duration: 3 }),
        onError: (error) => fail(error),
      },
    );

  return function send(task: TaskOut, result: ResultIn) {
    const { name, id } = task.customer;
    record.mutate(
      { task, result, closes: closes(result) },
      {
        onSuccess: ({ last_contact: contact, next_on: next }) =>
          notification.success({
            key: "record",
            title: t("recorded", { name, result: t(`result.${result.result}`) }),
            description: next ? t("recordedNext", { date: format.date(next) }) : undefined,
            duration: UNDO_SECONDS,
            actions: contact && (
              <Button size="small" onClick={() => undo(contact.id, id, name)}>
                {t("undo")}
              </Button>
            ),
          }),
        onError: (error) => fail(error, () => send(task, result)),
      },
    );
  };
}
