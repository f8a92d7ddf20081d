import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { body, client, type Schemas } from "@/app/client";
import type { paths } from "@/app/schema";

export type Overview = Schemas["Overview"];
export type Graph = Schemas["Graph"];
export type RelationIn = Schemas["RelationIn"];
export type RevealIn = Schemas["RevealIn"];

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

/** What the night's tags say of the customer. */
export function useReadyTags(id: number) {
  return useQuery({
    queryKey: ["customer", id, "ready-tags"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customers/{customer_id}/ready-tags", { params: at(id), signal })),
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
