import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type Standards = Schemas["StandardsOut"];
export type Standard = Schemas["StandardOut"];
export type Change = Schemas["StandardChangeOut"];
export type Effect = Schemas["Effect"];
export type Values = Schemas["SimulateIn"]["values"];

export const CHANGE_STATUSES = ["PENDING", "APPROVED", "REFUSED", "WITHDRAWN"] as const;

const KEY = ["standards"];

/** 口径: the thresholds with what comes next, and the newest changes. */
export function useStandards() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => body(client.GET("/api/standards", { signal })),
  });
}

/** 试算: whom other values would move; the whole bank is classified again, so it takes a while. */
export function useSimulate() {
  return useMutation({
    mutationFn: (values: Values) => body(client.POST("/api/standards/simulate", { body: { values } })),
  });
}

/** Ask for other values from a date on. */
export function usePropose() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Schemas["ProposeIn"]) => body(client.POST("/api/standards/changes", { body: asked })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

export type Verdict = { number: number } & (
  { verdict: "approve" | "withdraw" } | { verdict: "refuse"; reason: string }
);

/** Approve or refuse a change, or take one's own back; whatever comes of it, the page looks again. */
export function useDecide() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (deed: Verdict) => {
      const params = { path: { number: deed.number } };
      switch (deed.verdict) {
        case "approve":
          return body(client.POST("/api/standards/changes/{number}/approve", { params }));
        case "withdraw":
          return body(client.POST("/api/standards/changes/{number}/withdraw", { params }));
        case "refuse":
          return body(
            client.POST("/api/standards/changes/{number}/refuse", {
              params,
              body: { reason: deed.reason },
            }),
          );
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}
