import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/app/client";
import type { Part, SalonIn } from "./types";

const SALONS = ["salons"];
const LIVE = 30_000;
/** At the door others check in too. */
const AT_THE_DOOR = 5_000;
const of = (id: number) => ({ path: { salon_id: id } });

export function useSalons() {
  return useQuery({
    queryKey: SALONS,
    queryFn: ({ signal }) => body(client.GET("/api/salons", { signal })),
    refetchInterval: LIVE,
  });
}

/** What a plan may name, and whom one may invite. */
export function useSalonChoices() {
  return useQuery({
    queryKey: [...SALONS, "choices"],
    queryFn: ({ signal }) => body(client.GET("/api/salons/choices", { signal })),
    staleTime: 60_000,
  });
}

export function useSalon(id: number, live: boolean) {
  return useQuery({
    queryKey: [...SALONS, id],
    queryFn: ({ signal }) => body(client.GET("/api/salons/{salon_id}", { params: of(id), signal })),
    enabled: id > 0,
    refetchInterval: (query) => live && (query.state.data?.door ? AT_THE_DOOR : LIVE),
    refetchOnWindowFocus: live, // what is edited stays what it was edited on
  });
}

export function useGuests(id: number, part: Part, page: number, door: boolean) {
  return useQuery({
    queryKey: [...SALONS, id, "guests", part, page],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/salons/{salon_id}/guests", { params: { ...of(id), query: { part, page } }, signal }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: door ? AT_THE_DOOR : LIVE,
  });
}

function useChanged() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: SALONS });
}

export function useSaveSalon() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, salon }: { id: number | null; salon: SalonIn }) =>
      id === null
        ? body(client.POST("/api/salons", { body: salon }))
        : body(client.PUT("/api/salons/{salon_id}", { params: of(id), body: salon })),
    onSuccess: changed,
  });
}

export type Deed = "submit" | "withdraw";

export function useSalonDeed(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (deed: Deed) => body(client.POST(`/api/salons/{salon_id}/${deed}`, { params: of(id) })),
    onSettled: changed,
  });
}

export function useSalonApproval(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (digest: string) =>
      body(client.POST("/api/salons/{salon_id}/approve", { params: of(id), body: { digest } })),
    onSettled: changed,
  });
}

/** Refuse it, or call it off. */
export function useSalonEnd(id: number, deed: "refuse" | "cancel") {
  const changed = useChanged();
  return useMutation({
    mutationFn: (reason: string) =>
      body(client.POST(`/api/salons/{salon_id}/${deed}`, { params: of(id), body: { reason } })),
    onSettled: changed,
  });
}

export function useSalonCost(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (spent: string) =>
      body(client.POST("/api/salons/{salon_id}/cost", { params: of(id), body: { spent } })),
    onSuccess: changed,
  });
}

export interface Asked {
  customers: number[];
  segment: string;
  most: number;
  byText: boolean;
}

/** Invite those who are named, or those of the segment. */
export function useInvite(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ customers, segment, most, byText }: Asked) =>
      segment
        ? body(
            client.POST("/api/salons/{salon_id}/segment", {
              params: of(id),
              body: { segment, most, by_text: byText },
            }),
          )
        : body(
            client.POST("/api/salons/{salon_id}/guests", {
              params: of(id),
              body: { customer_ids: customers, by_text: byText },
            }),
          ),
    onSuccess: changed,
  });
}

export function useAnswer(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ guest, coming, seats }: { guest: number; coming: boolean; seats: number }) =>
      body(
        client.POST("/api/salons/{salon_id}/guests/{guest_id}/answer", {
          params: { path: { salon_id: id, guest_id: guest } },
          body: { coming, seats },
        }),
      ),
    onSettled: changed,
  });
}

export function useCame(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ guest, came }: { guest: number; came: boolean }) =>
      body(
        client.POST("/api/salons/{salon_id}/guests/{guest_id}/check-in", {
          params: { path: { salon_id: id, guest_id: guest } },
          body: { came },
        }),
      ),
    onSettled: changed,
  });
}

export function useCheckIn(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (code: string) =>
      body(client.POST("/api/salons/{salon_id}/check-in", { params: of(id), body: { code } })),
    onSettled: changed,
  });
}
