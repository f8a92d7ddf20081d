import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type HandoverOut = Schemas["HandoverOut"];
export type HandoverIn = Schemas["HandoverIn"];
export type Colleague = Schemas["Colleague"];
export type PoolPage = Schemas["PoolPage"];
export type PlanOut = Schemas["PlanOut"];
export type Step = "submit" | "accept" | "approve" | "reject" | "withdraw";

/** Whatever changes hands changes lists, customers and tasks everywhere. */
function useRefresh() {
  const queries = useQueryClient();
  return () => {
    for (const key of ["handovers", "handover", "givers", "colleagues", "pool", "team", "orgs"]) {
      void queries.invalidateQueries({ queryKey: [key] });
    }
    for (const key of ["customers", "customer", "workbench", "branch"]) {
      void queries.invalidateQueries({ queryKey: [key], refetchType: "none" });
    }
  };
}

export function useHandovers(box: "open" | "closed", page: number) {
  return useQuery({
    queryKey: ["handovers", box, page],
    queryFn: ({ signal }) => body(client.GET("/api/handovers", { params: { query: { box, page } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useHandover(id: number | null) {
  return useQuery({
    queryKey: ["handover", id],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/handovers/{handover_id}", { params: { path: { handover_id: id ?? 0 } }, signal }),
      ),
    enabled: id !== null,
  });
}

export function useHandoverItems(id: number, page: number) {
  return useQuery({
    queryKey: ["handover", id, "items", page],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/handovers/{handover_id}/items", {
          params: { path: { handover_id: id }, query: { page } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** Whose customers the viewer may hand over. */
export function useGivers() {
  return useQuery({
    queryKey: ["givers"],
    queryFn: ({ signal }) => body(client.GET("/api/handovers/givers", { signal })),
  });
}

/** Who could receive customers, or stand in. */
export function useColleagues(q: string) {
  return useQuery({
    queryKey: ["colleagues", q],
    queryFn: ({ signal }) => body(client.GET("/api/colleagues", { params: { query: { q } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useMakeHandover() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (made: HandoverIn) => body(client.POST("/api/handovers", { body: made })),
    onSuccess: refresh,
  });
}

/** One command of a handover's way. */
export function useHandoverStep() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, step, note }: { id: number; step: Step; note: string }) => {
      const params = { path: { handover_id: id } };
      if (step === "reject") {
        return body(client.POST("/api/handovers/{handover_id}/reject", { params, body: { note } }));
      }
      return body(client.POST(`/api/handovers/{handover_id}/${step}`, { params }));
    },
    onSettled: refresh,
  });
}

export function usePool(tier: number[], page: number) {
  return useQuery({
    queryKey: ["pool", tier, page],
    queryFn: ({ signal }) => body(client.GET("/api/pool", { params: { query: { tier, page } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useClaim() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (customer_id: number) => body(client.POST("/api/pool/claims", { body: { customer_id } })),
    onSettled: refresh,
  });
}

export function useReturn() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (given: Schemas["ReturnIn"]) => body(client.POST("/api/pool/returns", { body: given })),
    onSettled: refresh,
  });
}

/** What automatic assignment would do; nothing changes. */
export function usePlan() {
  return useMutation({
    mutationFn: (customers: number[] | null) => body(client.POST("/api/pool/plan", { body: { customers } })),
  });
}

export function useAssignCustomers() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (pairs: Schemas["Pair"][]) => body(client.POST("/api/pool/assignments", { body: { pairs } })),
    onSettled: refresh,
  });
}

export function useTeam() {
  return useQuery({
    queryKey: ["team"],
    queryFn: ({ signal }) => body(client.GET("/api/team", { signal })),
  });
}

export function useNameSubstitute() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (given: Schemas["CoverIn"]) => body(client.POST("/api/substitutions", { body: given })),
    onSuccess: refresh,
  });
}

export function useEndSubstitution() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: number) =>
      body(
        client.POST("/api/substitutions/{substitution_id}/end", {
          params: { path: { substitution_id: id } },
        }),
      ),
    onSettled: refresh,
  });
}

export function useOrg(org: number | null) {
  return useQuery({
    queryKey: ["orgs", org],
    queryFn: ({ signal }) => body(client.GET("/api/orgs", { params: { query: { org } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** Close an account by hand, or let the next staff file open it again. */
export function useDisable() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, disable }: { id: number; disable: boolean }) =>
      body(
        client.POST(`/api/staff/{user_id}/${disable ? "disable" : "enable"}`, {
          params: { path: { user_id: id } },
        }),
      ),
    onSettled: refresh,
  });
}
