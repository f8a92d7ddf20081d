import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type Pair = Schemas["IdentityPairOut"];
export type Side = Schemas["IdentitySide"];
export type OnePerson = Schemas["OnePersonOut"];
export type OneNumber = Schemas["OneNumberOut"];
export type Split = Schemas["PersonSplitOut"];
export type Decision = Schemas["IdentityDecisionOut"];
export type Verdict = Schemas["IdentityDecideIn"]["verdict"];
export type RevealField = Schemas["IdentityRevealIn"]["field"];

/** How much waits for the viewer. */
export function useQueues() {
  return useQuery({
    queryKey: ["oneid", "queues"],
    queryFn: ({ signal }) => body(client.GET("/api/oneid/queues", { signal })),
  });
}

export function usePairs(later: boolean, page: number) {
  return useQuery({
    queryKey: ["oneid", "pairs", later, page],
    queryFn: ({ signal }) =>
      body(client.GET("/api/oneid/pairs", { params: { query: { later, page } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function usePersons(q: string, owners: boolean, page: number) {
  return useQuery({
    queryKey: ["oneid", "persons", q, owners, page],
    queryFn: ({ signal }) =>
      body(client.GET("/api/oneid/persons", { params: { query: { q, owners, page } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useSplits() {
  return useQuery({
    queryKey: ["oneid", "splits"],
    queryFn: ({ signal }) => body(client.GET("/api/oneid/splits", { signal })),
  });
}

export function useDecisions(page: number) {
  return useQuery({
    queryKey: ["oneid", "decisions", page],
    queryFn: ({ signal }) =>
      body(client.GET("/api/oneid/decisions", { params: { query: { page } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** The other customer numbers of the same person that the viewer sees. */
export function useSamePerson(customerId: number) {
  return useQuery({
    queryKey: ["customer", customerId, "person"],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/person", {
          params: { path: { customer_id: customerId } },
          signal,
        }),
      ),
  });
}

/** Whatever is decided moves the queues, the persons and the customers' pages. */
function useChange<Given>(send: (given: Given) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["oneid"] }),
        queries.invalidateQueries({ queryKey: ["customer"] }),
      ]),
  });
}

export function useDecide() {
  return useChange(({ pair, verdict, note }: { pair: Pair; verdict: Verdict; note: string }) =>
    client.POST("/api/oneid/pairs/{pair_id}/decide", {
      params: { path: { pair_id: pair.id } },
      body: { verdict, note },
    }),
  );
}

export function useAskSplit() {
  return useChange(({ customerId, note }: { customerId: number; note: string }) =>
    client.POST("/api/oneid/splits", { body: { customer_id: customerId, note } }),
  );
}

export function useCheckSplit() {
  return useChange(({ split, approve, answer }: { split: Split; approve: boolean; answer: string }) =>
    client.POST("/api/oneid/splits/{split_id}/check", {
      params: { path: { split_id: split.id } },
      body: { approve, answer },
    }),
  );
}

export function useRevoke() {
  return useChange((decision: Decision) =>
    client.POST("/api/oneid/decisions/{decision_id}/revoke", {
      params: { path: { decision_id: decision.id } },
    }),
  );
}

export function useChooseLead() {
  return useChange(({ person, managerId }: { person: OnePerson; managerId: number | null }) =>
    client.POST("/api/oneid/persons/{one_id}/lead", {
      params: { path: { one_id: person.one_id } },
      body: { manager_id: managerId, note: "" },
    }),
  );
}

/** Show one hidden field of one of a pair. The value stays in the component, never in the cache. */
export function usePairReveal(pairId: number, customerId: number) {
  return useMutation({
    mutationFn: (field: RevealField) =>
      body(
        client.POST("/api/oneid/pairs/{pair_id}/reveal", {
          params: { path: { pair_id: pairId } },
          body: { customer_id: customerId, field },
        }),
      ),
    gcTime: 0,
  });
}
