import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type RunOut = Schemas["RunOut"];

const FAST = 2_000;
const SLOW = 30_000;

/** Runs, newest first; asked again every two seconds while one runs or was just asked for. */
export function useRuns(page: number, awaiting: boolean) {
  return useQuery({
    queryKey: ["runs", page],
    queryFn: ({ signal }) => body(client.GET("/api/nightly/runs", { params: { query: { page } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      awaiting || state.data?.rows.some(({ status }) => status === "RUNNING") ? FAST : SLOW,
  });
}

/** One run with its steps. */
export function useRun(id: number | null) {
  return useQuery({
    queryKey: ["run", id],
    queryFn: ({ signal }) =>
      body(client.GET("/api/nightly/runs/{run_id}", { params: { path: { run_id: id ?? 0 } }, signal })),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data?.status === "RUNNING" ? FAST : false),
  });
}

/** Let a held reason pass, with a note; the date then runs again. */
export function useRelease() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ runId, note }: { runId: number; note: string }) =>
      body(
        client.POST("/api/nightly/runs/{run_id}/release", {
          params: { path: { run_id: runId } },
          body: { note },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["runs"] }),
  });
}

/** Have a date run again by the worker. */
export function useRerun() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (bizDate: string) => body(client.POST("/api/nightly/rerun", { body: { biz_date: bizDate } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["runs"] }),
  });
}

/** Rows of a date that could not be used. */
export function useQuarantine(bizDate: string, feed: string, page: number) {
  return useQuery({
    queryKey: ["quarantine", bizDate, feed, page],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/nightly/quarantine", {
          params: { query: { biz_date: bizDate, feed, page } },
          signal,
        }),
      ),
    enabled: bizDate !== "",
    placeholderData: keepPreviousData,
  });
}
