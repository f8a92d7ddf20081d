import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type ConsentsOut = Schemas["ConsentsOut"];
export type ConsentIn = Schemas["ConsentIn"];
export type StandingOut = Schemas["StandingOut"];
export type PolicyOut = Schemas["PolicyOut"];
export type PolicyIn = Schemas["PolicyIn"];
export type EntryOut = Schemas["EntryOut"];
export type CaseRow = Schemas["CaseRow"];
export type CaseOut = Schemas["CaseOut"];
export type CaseIn = Schemas["CaseIn"];
export type CloseIn = Schemas["CloseIn"];

const of = (id: number) => ({ path: { customer_id: id } });
const at = (id: number) => ({ path: { case_id: id } });

export function useConsents(customerId: number, enabled: boolean) {
  return useQuery({
    queryKey: ["customer", customerId, "consents"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customers/{customer_id}/consents", { params: of(customerId), signal })),
    enabled,
  });
}

export function useRecordConsent(customerId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (said: ConsentIn) =>
      body(client.POST("/api/customers/{customer_id}/consents", { params: of(customerId), body: said })),
    onSuccess: (after) => queries.setQueryData(["customer", customerId, "consents"], after),
    onError: () => queries.invalidateQueries({ queryKey: ["customer", customerId, "consents"] }),
  });
}

/** A customer's requests. */
export function useCustomerCases(customerId: number, enabled: boolean) {
  return useQuery({
    queryKey: ["customer", customerId, "rights"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customers/{customer_id}/rights-cases", { params: of(customerId), signal })),
    enabled,
  });
}

export function useCases(status: string, page: number) {
  return useQuery({
    queryKey: ["rights", status, page],
    queryFn: ({ signal }) =>
      body(client.GET("/api/rights-cases", { params: { query: { status, page } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useCase(id: number | null) {
  return useQuery({
    queryKey: ["rights", "one", id],
    queryFn: ({ signal }) => body(client.GET("/api/rights-cases/{case_id}", { params: at(id ?? 0), signal })),
    enabled: id !== null,
    refetchOnWindowFocus: false, // each look is accounted for
    staleTime: Infinity,
  });
}

/** After a request changed: the lists, and what the customer's page shows. */
function useChanged() {
  const queries = useQueryClient();
  return async (after?: CaseOut) => {
    if (after) queries.setQueryData(["rights", "one", after.id], after);
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["rights"], predicate: ({ queryKey }) => queryKey[1] !== "one" }),
      queries.invalidateQueries({ queryKey: ["customer"] }),
    ]);
  };
}

export function useOpenCase() {
  const changed = useChanged();
  return useMutation({
    mutationFn: (asked: CaseIn) => body(client.POST("/api/rights-cases", { body: asked })),
    onSuccess: () => changed(),
  });
}

export function useVerify(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (how: Schemas["VerifyIn"]["how"]) =>
      body(client.POST("/api/rights-cases/{case_id}/identity", { params: at(id), body: { how } })),
    onSuccess: changed,
  });
}

export function useClose(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (end: CloseIn) =>
      body(client.POST("/api/rights-cases/{case_id}/close", { params: at(id), body: end })),
    onSuccess: changed,
  });
}

/** Make the copy; its password stays in the component, never in the cache. */
export function useMakeFile(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => body(client.POST("/api/rights-cases/{case_id}/file", { params: at(id) })),
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["rights", "one", id] }),
  });
}

/** Fetch the encrypted copy and hand it to the browser as a file. */
export function useTakeFile(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const answer = await client.GET("/api/rights-cases/{case_id}/file", {
        params: at(id),
        parseAs: "blob",
      });
      const address = URL.createObjectURL(answer.data as unknown as Blob);
      const link = document.createElement("a");
      link.href = address;
      link.download = `personal-data-${id}.zip`;
      link.click();
      URL.revokeObjectURL(address);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["rights", "one", id] }),
  });
}

export function useCatalogue() {
  return useQuery({
    queryKey: ["catalogue"],
    queryFn: ({ signal }) => body(client.GET("/api/catalogue", { signal })),
    staleTime: 600_000,
  });
}

export function usePolicies() {
  return useQuery({
    queryKey: ["policies"],
    queryFn: ({ signal }) => body(client.GET("/api/policies", { signal })),
  });
}

export function usePublish() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (text: PolicyIn) => body(client.POST("/api/policies", { body: text })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["policies"] }),
  });
}
