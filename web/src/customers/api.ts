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
import type { CustomerQuery } from "./filters";

export type CustomerRow = Schemas["CustomerRow"];
export type CustomerOut = Schemas["CustomerOut"];
export type Overview = Schemas["Overview"];
export type Graph = Schemas["Graph"];
export type RelationIn = Schemas["RelationIn"];
export type RevealIn = Schemas["RevealIn"];

export type Tag = Schemas["TagOut"];
export type CustomerList = Schemas["ListOut"];
export type SavedView = Schemas["ViewOut"];
export type BulkIn = Schemas["BulkIn"];
export type ExportOut = Schemas["ExportOut"];

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

const at = (id: number) => ({ path: { customer_id: id } });

/** 客户一览 at first sight, in one answer; what other parts of the page ask for is laid ready for them. */
export function useOverview(id: number) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ["customer", id],
    queryFn: async ({ signal }) => {
      const found = await body(
        client.GET("/api/customers/{customer_id}/overview", { params: at(id), signal }),
      );
      queries.setQueryData(["customer", id, "tasks"], found.tasks);
      const stream = ["customer", id, "timeline", []];
      if (!queries.getQueryData(stream))
        queries.setQueryData(stream, { pages: [found.timeline], pageParams: [""] });
      return found;
    },
    enabled: Number.isInteger(id),
  });
}

/** A longer curve than the page's own; none is fetched for `null`. */
export function useAumCurve(id: number, days: number | null) {
  return useQuery({
    queryKey: ["customer", id, "aum", days],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/aum", {
          params: { ...at(id), query: { days: days ?? undefined } },
          signal,
        }),
      ),
    enabled: days !== null,
    placeholderData: keepPreviousData,
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

/** Where the walk over the relations stands: at a customer, or at an employer. */
export type Stop = { id: number; name: string } | { party: string; name: string };

/** Who stands around a customer or at an employer. */
export function useGraph(stop: Stop) {
  return useQuery({
    queryKey: "id" in stop ? ["customer", stop.id, "relationships"] : ["relationships", "party", stop.party],
    queryFn: ({ signal }) =>
      "id" in stop
        ? body(client.GET("/api/customers/{customer_id}/relationships", { params: at(stop.id), signal }))
        : body(client.GET("/api/relationships/party", { params: { query: { party: stop.party } }, signal })),
    placeholderData: keepPreviousData,
  });
}

function useAfterRelation() {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: ["customer"] });
}

/** Write a relationship down. */
export function useRelate(id: number) {
  const onSuccess = useAfterRelation();
  return useMutation({
    mutationFn: (told: RelationIn) =>
      body(client.POST("/api/customers/{customer_id}/relationships", { params: at(id), body: told })),
    onSuccess,
  });
}

/** End a relationship, with a reason. */
export function useEndRelation() {
  const onSuccess = useAfterRelation();
  return useMutation({
    mutationFn: ({ id, reason }: { id: number; reason: string }) =>
      body(
        client.POST("/api/relationships/{relationship_id}/end", {
          params: { path: { relationship_id: id } },
          body: { reason },
        }),
      ),
    onSuccess,
  });
}
/** Which outlet has the customer with this whole number; each is accounted for. */
export function useLookUp() {
  return useMutation({
    mutationFn: (q: string) => body(client.POST("/api/customers/look-up", { body: { q } })),
    gcTime: 0,
  });
}

export function useTags() {
  return useQuery({
    queryKey: ["tags"],
    queryFn: ({ signal }) => body(client.GET("/api/tags", { signal })),
    staleTime: 300_000,
  });
}

export function useCustomerLists() {
  return useQuery({
    queryKey: ["customer-lists"],
    queryFn: ({ signal }) => body(client.GET("/api/customer-lists", { signal })),
  });
}

export function useViews() {
  return useQuery({
    queryKey: ["customer-views"],
    queryFn: ({ signal }) => body(client.GET("/api/customer-views", { signal })),
  });
}

/** A change after which these are asked anew. */
function useChange<In, Out>(change: (input: In) => Promise<Out>, stale: string[]) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all(stale.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
}

export const useMakeTag = () =>
  useChange((made: Schemas["TagIn"]) => body(client.POST("/api/tags", { body: made })), ["tags"]);
export const useRetireTag = () =>
  useChange(
    (id: number) => body(client.DELETE("/api/tags/{tag_id}", { params: { path: { tag_id: id } } })),
    ["tags", "customers", "customer"],
  );
export const useMakeList = () =>
  useChange(
    (made: Schemas["ListIn"]) => body(client.POST("/api/customer-lists", { body: made })),
    ["customer-lists"],
  );
export const useChangeList = () =>
  useChange(
    ({ id, shared }: { id: number; shared: boolean }) =>
      body(
        client.PATCH("/api/customer-lists/{list_id}", {
          params: { path: { list_id: id } },
          body: { shared },
        }),
      ),
    ["customer-lists"],
  );
export const useCloseList = () =>
  useChange(
    (id: number) =>
      body(client.DELETE("/api/customer-lists/{list_id}", { params: { path: { list_id: id } } })),
    ["customer-lists", "customers"],
  );
export const useSaveView = () =>
  useChange(
    (made: Schemas["ViewIn"]) => body(client.POST("/api/customer-views", { body: made })),
    ["customer-views"],
  );
export const useDropView = () =>
  useChange(
    (id: number) =>
      body(client.DELETE("/api/customer-views/{view_id}", { params: { path: { view_id: id } } })),
    ["customer-views"],
  );

/** How many a bulk action would touch; asked once it is known what to do. */
export function useBulkPreview(wanted: BulkIn | null) {
  return useQuery({
    queryKey: ["bulk-preview", wanted],
    queryFn: ({ signal }) => body(client.POST("/api/bulk/preview", { body: wanted as BulkIn, signal })),
    enabled: wanted !== null,
    staleTime: 0,
    gcTime: 0,
  });
}

const TOUCHED = ["customers", "customer", "customer-lists", "bulk-preview"];
export const useBulk = () =>
  useChange((wanted: BulkIn) => body(client.POST("/api/bulk", { body: wanted })), TOUCHED);
export const useUndoBulk = () =>
  useChange(
    (id: number) => body(client.POST("/api/bulk/{action_id}/undo", { params: { path: { action_id: id } } })),
    TOUCHED,
  );

export function useExports() {
  return useQuery({
    queryKey: ["exports"],
    queryFn: ({ signal }) => body(client.GET("/api/exports", { signal })),
    refetchInterval: 60_000,
  });
}

const path = (id: number) => ({ params: { path: { export_id: id } } });
export const useRequestExport = () =>
  useChange((asked: Schemas["ExportIn"]) => body(client.POST("/api/exports", { body: asked })), ["exports"]);
export const useDecideExport = () =>
  useChange(
    ({ id, ...decision }: Schemas["Decision"] & { id: number }) =>
      body(client.POST("/api/exports/{export_id}/decide", { ...path(id), body: decision })),
    ["exports"],
  );
export const useWithdrawExport = () =>
  useChange((id: number) => body(client.POST("/api/exports/{export_id}/withdraw", path(id))), ["exports"]);
export const useMakeExport = () =>
  useChange((id: number) => body(client.POST("/api/exports/{export_id}/make", path(id))), ["exports"]);
