import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type OwnEvent = Schemas["OwnEventOut"];
export type OwnVersion = Schemas["OwnEventVersionOut"];
export type OwnDraft = Schemas["OwnEventIn"];
export type Simulated = Schemas["OwnEventSimulation"];
export type OwnChoices = Schemas["OwnEventChoices"];
export type Deed = "approve" | "refuse" | "withdraw" | "stop";

/** What a simulation depends on. */
export type Tried = Pick<OwnDraft, "segment" | "tier_from" | "quiet_days">;

const OWN = ["own-events"];

export function useOwnEvents() {
  return useQuery({
    queryKey: OWN,
    queryFn: ({ signal }) => body(client.GET("/api/own-events", { signal })),
  });
}

export function useOwnChoices() {
  return useQuery({
    queryKey: [...OWN, "choices"],
    queryFn: ({ signal }) => body(client.GET("/api/own-events/choices", { signal })),
  });
}

/** What an event would have raised in the nights that the lake holds; null: not asked yet. */
export function useOwnSimulation(tried: Tried | null) {
  return useQuery({
    queryKey: [...OWN, "simulation", tried],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/own-events/simulation", {
          params: { query: tried ?? { segment: "" } },
          signal,
        }),
      ),
    enabled: tried !== null,
    staleTime: 600_000, // the past stays as it is until the next night
  });
}

function useChanged() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: OWN, exact: true });
}

/** Ask for an event (id null) or for another version of one. */
export function useSubmitEvent(id: number | null) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (draft: OwnDraft) =>
      id === null
        ? body(client.POST("/api/own-events", { body: draft }))
        : body(
            client.POST("/api/own-events/{own_event_id}/versions", {
              params: { path: { own_event_id: id } },
              body: draft,
            }),
          ),
    onSuccess: changed,
  });
}

export function useOwnDeed(id: number) {
  const changed = useChanged();
  const params = { path: { own_event_id: id } };
  return useMutation({
    mutationFn: ({ deed, reason }: { deed: Deed; reason: string }) => {
      switch (deed) {
        case "approve":
          return body(client.POST("/api/own-events/{own_event_id}/approve", { params }));
        case "refuse":
          return body(client.POST("/api/own-events/{own_event_id}/refuse", { params, body: { reason } }));
        case "withdraw":
          return body(client.POST("/api/own-events/{own_event_id}/withdraw", { params }));
        case "stop":
          return body(client.POST("/api/own-events/{own_event_id}/stop", { params }));
      }
    },
    onSettled: changed,
  });
}
