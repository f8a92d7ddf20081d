import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type ChangeOut = Schemas["ChangeOut"];
export type HistoryKind = ChangeOut["kind"];
/** Whose changes can be opened where the thing itself is shown. */
export type Opened = "handover" | "task";

export const HISTORY_KINDS: HistoryKind[] = [
  "task",
  "handover",
  "export",
  "segment",
  "segment_version",
  "custom_field",
  "experiment",
  "do_not_disturb",
  "score_feedback",
  "substitution",
  "role_grant",
  "role_right",
  "person",
];

export interface HistoryFilter {
  kind: string;
  object: string;
  who: string;
  since: string;
  until: string;
  system: string;
}

/** The change history, newest first, page by page. Looking leaves an audit entry: it is never asked again by itself. */
export function useHistory({ kind, object, who, since, until, system }: HistoryFilter) {
  const wanted = { kind, object_id: object, who, since, until, by_system: system && "true" };
  const query = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));
  return useInfiniteQuery({
    queryKey: ["history", query],
    queryFn: ({ signal, pageParam }) =>
      body(
        client.GET("/api/history", {
          params: { query: { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    staleTime: Infinity,
  });
}

export function useHistoryOf(kind: Opened, id: number, open: boolean) {
  return useQuery({
    queryKey: ["history-of", kind, id],
    queryFn: ({ signal }) =>
      kind === "handover"
        ? body(
            client.GET("/api/handovers/{handover_id}/history", {
              params: { path: { handover_id: id } },
              signal,
            }),
          )
        : body(client.GET("/api/tasks/{task_id}/history", { params: { path: { task_id: id } }, signal })),
    enabled: open,
    staleTime: 0,
  });
}
