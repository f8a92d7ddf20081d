import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/app/client";
import type { Definition, JourneyIn } from "./types";

const JOURNEYS = ["journeys"];
const of = (id: number) => ({ path: { journey_id: id } });
const LIVE = 30_000;

export function useJourneys() {
  return useQuery({
    queryKey: JOURNEYS,
    queryFn: ({ signal }) => body(client.GET("/api/journeys", { signal })),
    refetchInterval: LIVE,
  });
}

/** What the steps of a journey may name. */
export function useChoices() {
  return useQuery({
    queryKey: [...JOURNEYS, "choices"],
    queryFn: ({ signal }) => body(client.GET("/api/journeys/choices", { signal })),
    staleTime: 60_000,
  });
}

/** A journey and one of its versions: without a number the draft, else what waits, else what is in force. */
export function useJourney(id: number, number: number | undefined, live: boolean) {
  return useQuery({
    queryKey: [...JOURNEYS, id, "version", number ?? null],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/journeys/{journey_id}", {
          params: { ...of(id), query: number === undefined ? {} : { number } },
          signal,
        }),
      ),
    placeholderData: (before, query) => (query?.queryKey[1] === id ? before : undefined),
    enabled: id > 0,
    refetchInterval: live ? LIVE : false,
    refetchOnWindowFocus: live, // what is drawn stays what it was drawn on
  });
}

export function useSave() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, journey }: { id: number | null; journey: JourneyIn }) =>
      id === null
        ? body(client.POST("/api/journeys", { body: journey }))
        : body(client.PUT("/api/journeys/{journey_id}", { params: of(id), body: journey })),
    onSuccess: (detail) => {
      queries.setQueryData([...JOURNEYS, detail.id, "version", null], detail);
      return queries.invalidateQueries({ queryKey: JOURNEYS });
    },
  });
}

/** What stands against a journey while it is drawn. */
export function useCheck(definition: Definition) {
  return useQuery({
    queryKey: [...JOURNEYS, "check", definition],
    queryFn: ({ signal }) => body(client.POST("/api/journeys/check", { body: definition, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

const SHOWN = 10;

/** What would become of some who may enter. */
export function useDryRun(definition: Definition, id: number | null) {
  return useQuery({
    queryKey: [...JOURNEYS, "dry", id, definition],
    queryFn: ({ signal }) =>
      body(
        client.POST("/api/journeys/dry-run", {
          body: { definition, customers: SHOWN, journey_id: id },
          signal,
        }),
      ),
    gcTime: 0, // the gate may say something else in a minute
  });
}

export type Deed = "submit" | "approve" | "withdraw" | "pause" | "resume" | "stop";

function useChanged() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: JOURNEYS });
}

export function useDeed(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (deed: Deed) => body(client.POST(`/api/journeys/{journey_id}/${deed}`, { params: of(id) })),
    onSettled: changed,
  });
}

export function useRefuse(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (reason: string) =>
      body(client.POST("/api/journeys/{journey_id}/refuse", { params: of(id), body: { reason } })),
    onSettled: changed,
  });
}

/** The segment's members enter now. */
export function useEnter(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: () => body(client.POST("/api/journeys/{journey_id}/enter", { params: of(id) })),
    onSettled: changed,
  });
}

export function useInside(id: number, state: string, step: string, page: number) {
  return useQuery({
    queryKey: [...JOURNEYS, id, "customers", state, step, page],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/journeys/{journey_id}/customers", {
          params: { ...of(id), query: { state, step, page } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE,
  });
}
