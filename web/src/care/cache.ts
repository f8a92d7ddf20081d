import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/app/client";

type Pages = InfiniteData<Schemas["Workbench"], number | null>;
export type Before = [readonly unknown[], Pages | undefined][];

/** Take a task off every open list at once, before the server has answered; returns what stood there. */
export function takeOff(queries: QueryClient, task: Schemas["TaskOut"], done: boolean): Before {
  const before = queries.getQueriesData<Pages>({ queryKey: ["workbench"] });
  for (const [key, pages] of before) {
    if (!pages?.pages.some((page) => page.tasks.some(({ id }) => id === task.id))) continue;
    queries.setQueryData<Pages>(key, {
      ...pages,
      pages: pages.pages.map((page) => ({
        ...page,
        counts: lowered(page.counts, task, done),
        tasks: page.tasks.filter(({ id }) => id !== task.id),
      })),
    });
  }
  return before;
}

export function putBack(queries: QueryClient, before: Before): void {
  for (const [key, pages] of before) queries.setQueryData(key, pages);
}

function lowered(counts: Schemas["Counts"], task: Schemas["TaskOut"], done: boolean): Schemas["Counts"] {
  const one = (yes: boolean) => (yes ? 1 : 0);
  return {
    ...counts,
    left: counts.left - one(!task.is_overflow && !task.is_later),
    later: counts.later - one(task.is_later) + one(!done),
    overflow: counts.overflow - one(task.is_overflow),
    overdue: counts.overdue - one(task.is_overdue),
    done: counts.done + one(done),
  };
}
