import { useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import { useChange } from "./storeApi";

export interface Among {
  /** Of whose members; empty: all customers. */
  segment: string;
}

/** 自动分群. `number` null: as many groups as stand best apart. */
export function useGroups({ segment, number }: Among & { number: number | null }, on: boolean) {
  return useQuery({
    queryKey: ["segments", "groups", segment, number],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/segments/groups", {
          params: { query: { segment, ...(number === null ? {} : { number }) } },
          signal,
        }),
      ),
    enabled: on,
    retry: false,
  });
}

/** How the viewer's customers spread over R and F. */
export function useRfm({ segment }: Among, on: boolean) {
  return useQuery({
    queryKey: ["segments", "rfm", segment],
    queryFn: ({ signal }) =>
      body(client.GET("/api/segments/rfm", { params: { query: { segment } }, signal })),
    enabled: on,
    retry: false,
  });
}

/** Groups as segments, which wait for approval. */
export const useKeepGroups = () =>
  useChange((wanted: Schemas["GroupsIn"]) => body(client.POST("/api/segments/groups", { body: wanted })));
