import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import { problemText } from "@/shared/problem";
import { useRecord, useRecordContact, useWithdraw, type ResultIn, type TaskOut } from "./api";
import { closes } from "./closes";

/** For so long what was just done can be taken back with a click. */
export const UNDO_SECONDS = 8;

/** Record a result at once and offer to take it back for some seconds; a failure says so and puts it back. */
export function useRecording() {
  const { t } = useTranslation(["care", "shared"]);
  const { notification } = App.useApp();
  const format = useFormat();
  const record = useRecord();
  const contact = useRecordContact();
  const withdraw = useWithdraw();

  const fail = (error: unknown, retry?: () => void) => {
    const text = problemText(error, t);
    notification.error({
      key: "record",
      placement: "bottom",
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
        onSuccess: () =>
          notification.info({
            key: "record",
            placement: "bottom",
            title: t("undone", { name }),
            duration: 3,
          }),
        onError: (error) => fail(error),
      },
    );

  const recorded = (
    name: string,
    customerId: number,
    result: string,
    contactId: number | undefined,
    next: string | null,
  ) =>
    notification.success({
      key: "record",
      placement: "bottom",
      title: t("recorded", { name, result: t(`result.${result}`) }),
      description: next ? t("recordedNext", { date: format.date(next) }) : undefined,
      duration: UNDO_SECONDS,
      actions: contactId !== undefined && (
        <Button size="small" onClick={() => undo(contactId, customerId, name)}>
          {t("undo")}
        </Button>
      ),
    });

  /** What came of a task's contact; `onBack` when it could not be recorded and stands on the list again. */
  function send(task: TaskOut, result: ResultIn, onBack?: () => void) {
    const { name, id } = task.customer;
    record.mutate(
      { task, result, closes: closes(result) },
      {
        onSuccess: (answer) => recorded(name, id, result.result, answer.last_contact?.id, answer.next_on),
        onError: (error) => {
          fail(error, () => send(task, result, onBack));
          onBack?.();
        },
      },
    );
  }

  /** What came of a contact that no task asked for. */
  function sendContact(customerId: number, name: string, result: ResultIn) {
    contact.mutate(
      { customerId, result },
      {
        onSuccess: (answer) => recorded(name, customerId, result.result, answer.id, answer.next_on),
        onError: (error) => fail(error, () => sendContact(customerId, name, result)),
      },
    );
  }

  return { send, sendContact };
}
