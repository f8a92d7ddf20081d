import { useTranslation } from "react-i18next";
import { addDays, daysBetween, today } from "@/shared/format/dates";
import { useFormat } from "@/shared/hooks/useFormat";
import type { TaskOut } from "./api";

/** The day whose list a night made: the one after its business date. Due dates are judged by it. */
export function workdayOf(bizDate: string | null): string {
  return bizDate ? addDays(bizDate, 1) : today();
}

/** By when: in words, and whether that day is over. */
export function useDue(task: TaskOut, workday: string): { text: string; late: boolean } {
  const { t } = useTranslation("care");
  const format = useFormat();
  const day = task.status === "IN_PROGRESS" && task.next_on ? task.next_on : task.due_on;
  if (task.is_overdue) {
    return { text: t("due.late", { count: Math.max(1, daysBetween(day, workday)) }), late: true };
  }
  if (task.is_later) return { text: t("due.later", { date: format.shortDate(day) }), late: false };
  const left = daysBetween(workday, day);
  if (left <= 0) return { text: t("due.today"), late: false };
  if (left === 1) return { text: t("due.tomorrow"), late: false };
  return { text: t("due.by", { date: format.shortDate(day) }), late: false };
}
