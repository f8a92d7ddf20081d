import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { body, client, type Schemas } from "@/app/client";
import type { paths } from "@/app/schema";

export type CustomerRow = Schemas["CustomerRow"];
export type CustomerOut = Schemas["CustomerOut"];
export type RevealIn = Schemas["RevealIn"];

export interface CustomerFilter {
  q: string;
  tier: number[];
  stage: string[];
  manager: number | null;
  pool: boolean;
  org: number | null;
  sort: string;
  page: number;
}

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

export function useCustomers(filter: CustomerFilter) {
  return useQuery({
    queryKey: ["customers", filter],
    queryFn: ({ signal }) => body(client.GET("/api/customers", { params: { query: filter }, signal })),
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

const at = (id: number) => ({ path: { customer_id: id } });

export function useCustomer(id: number) {
  return useQuery({
    queryKey: ["customer", id],
    queryFn: ({ signal }) => body(client.GET("/api/customers/{customer_id}", { params: at(id), signal })),
    enabled: Number.isInteger(id),
  });
}

export function useAumCurve(id: number, days: number) {
  return useQuery({
    queryKey: ["customer", id, "aum", days],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/aum", { params: { ...at(id), query: { days } }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useHoldings(id: number) {
  return useQuery({
    queryKey: ["customer", id, "holdings"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customers/{customer_id}/holdings", { params: at(id), signal })),
  });
}

export function useTransactions(id: number) {
  return useInfiniteQuery({
    queryKey: ["customer", id, "transactions"],
    queryFn: ({ pageParam: before, signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/transactions", {
          params: { ...at(id), query: { before } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.before,
  });
}

export type TimelineKind = NonNullable<
  NonNullable<paths["/api/customers/{customer_id}/timeline"]["get"]["parameters"]["query"]>["kind"]
>[number];

/** The stream of what happened, of some kinds or (none named) of all. */
export function useTimeline(id: number, kind: TimelineKind[]) {
  return useInfiniteQuery({
    queryKey: ["customer", id, "timeline", kind],
    queryFn: ({ pageParam: cursor, signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/timeline", {
          params: { ...at(id), query: { kind, cursor } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

const LOOK_AGAIN_MS = 4_000;

/** Ask every few seconds, while the page is looked at, whether anything happened; if so, fetch it. */
export function useLive(id: number, known: string | undefined) {
  const queries = useQueryClient();
  const newest = useQuery({
    queryKey: ["mark", id],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customers/{customer_id}/mark", { params: at(id), signal })),
    enabled: known !== undefined,
    refetchInterval: LOOK_AGAIN_MS,
    staleTime: 0,
  }).data?.mark;
  useEffect(() => {
    if (newest && known && newest !== known) void queries.invalidateQueries({ queryKey: ["customer", id] });
  }, [newest, known, id, queries]);
}

/** Show one hidden field, with a reason. The value stays in the component, never in the cache. */
export function useReveal(id: number) {
  return useMutation({
    mutationFn: (asked: RevealIn) =>
      body(client.POST("/api/customers/{customer_id}/reveal", { params: at(id), body: asked })),
    gcTime: 0,
  });
}
