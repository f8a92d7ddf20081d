import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type RoleRequestIn = Schemas["RoleRequestIn"];
export type RoleRequestOut = Schemas["RoleRequestOut"];
export type RoleOut = Schemas["RoleOut"];
export type StaffOut = Schemas["StaffOut"];

export function useRoles() {
  return useQuery({
    queryKey: ["roles"],
    queryFn: ({ signal }) => body(client.GET("/api/roles", { signal })),
  });
}

export function useStaff(q: string) {
  return useQuery({
    queryKey: ["staff", q],
    queryFn: ({ signal }) => body(client.GET("/api/staff", { params: { query: { q } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useRequestChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: RoleRequestIn) => body(client.POST("/api/roles/requests", { body: asked })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
}

/** Approve or refuse what another asked for; one's own rights may change with it. */
export function useDecide() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, approve, note }: { id: number; approve: boolean; note: string }) =>
      body(
        client.POST("/api/roles/requests/{request_id}/decide", {
          params: { path: { request_id: id } },
          body: { approve, note },
        }),
      ),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["roles"] });
      void queries.invalidateQueries({ queryKey: ["me"] });
    },
  });
}
