import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type Ready = Schemas["ReadyOut"];
const READY = ["ready-care"];

/** Plans of care and journeys that can be taken as they are. */
export function useReady() {
  return useQuery({
    queryKey: READY,
    queryFn: ({ signal }) => body(client.GET("/api/ready-care", { signal })),
  });
}

/** Taking one submits texts, and draws a journey or asks for a plan: all their lists change. */
export function useTake() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (code: string) =>
      body(client.POST("/api/ready-care/{ready_code}/take", { params: { path: { ready_code: code } } })),
    onSettled: () =>
      Promise.all(
        [READY, ["care-plans"], ["journeys"], ["templates"]].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
