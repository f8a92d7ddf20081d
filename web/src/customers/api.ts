import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import type { CustomerQuery } from "./filters";

export type CustomerRow = Schemas["CustomerRow"];
export type CustomerOut = Schemas["CustomerOut"];

/** What the global search finds. */
export const customerSearch = (q: string) =>
  queryOptions({
    queryKey: ["customers", "search", q],
    queryFn: ({ signal }) => body(client.GET("/api/customers", { params: { query: { q } }, signal })),
  });

/** Live results of the global search; silent until something is typed. */
export function useCustomerSearch(q: string) {
  return useQuery({
    ...customerSearch(q),
    enabled: q.length > 0,
    placeholderData: keepPreviousData, // else the list vanishes under the pointer with every letter
  });
}

export function useCustomers(query: CustomerQuery) {
  return useQuery({
    queryKey: ["customers", query],
    queryFn: ({ signal }) => body(client.GET("/api/customers", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** Those who look after customers in the viewer's orgs. */
export function useManagers() {
  return useQuery({
    queryKey: ["managers"],
    queryFn: ({ signal }) => body(client.GET("/api/managers", { signal })),
    staleTime: 600_000,
  });
}

/** Which outlet has the customer with this whole number; each is accounted for. */
export function useLookUp() {
  return useMutation({
    mutationFn: (q: string) => body(client.POST("/api/customers/look-up", { body: { q } })),
    gcTime: 0,
  });
}

/** A change after which these are asked anew. */
export function useChange<In, Out>(change: (input: In) => Promise<Out>, stale: string[]) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all(stale.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
}
