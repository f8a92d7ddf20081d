import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type HandKind = Schemas["HandIn"]["kind"];
export type HandLine = Schemas["HandLine"];

/** Kinds of a task by hand, the usual one first. */
export const HAND_KINDS = ["H01", "H02", "H03", "H04"] as const satisfies readonly HandKind[];

/** For whom such a task may be made, and why not; and the days that may be its due date. */
export function useHandCheck(customerIds: number[], kind: HandKind) {
  return useQuery({
    queryKey: ["by-hand", customerIds, kind],
    queryFn: ({ signal }) =>
      body(client.POST("/api/tasks/by-hand/check", { body: { customer_ids: customerIds, kind }, signal })),
    staleTime: 0,
  });
}

function refresh(queries: QueryClient, customerIds: number[]) {
  void queries.invalidateQueries({ queryKey: ["workbench"] });
  void queries.invalidateQueries({ queryKey: ["churn", "alerts"] });
  for (const id of customerIds) void queries.invalidateQueries({ queryKey: ["customer", id] });
  void queries.invalidateQueries({ queryKey: ["branch"], refetchType: "none" });
}

/** 手工待办: plan a contact of one or several customers. */
export function useMakeByHand() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Schemas["HandTaskIn"]) => body(client.POST("/api/tasks/by-hand", { body: asked })),
    onSettled: (_answer, _error, { customer_ids }) => refresh(queries, customer_ids),
  });
}

/** Take such a request back within ten minutes. */
export function useTakeBack() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Schemas["HandTakeBackIn"]) =>
      body(client.POST("/api/tasks/by-hand/withdraw", { body: asked })),
    onSettled: (_answer, _error, { customer_ids }) => refresh(queries, customer_ids),
  });
}
