import { useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import { useChange } from "./api";

export type ExportOut = Schemas["ExportOut"];

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
