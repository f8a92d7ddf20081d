import { useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type CatalogueTag = Schemas["CatalogueTag"];
export const TAG_TYPES = ["fact", "rule", "model", "manual"] as const;
export const TAG_REFRESHES = ["daily", "at_once"] as const;

/** 标签目录. */
export function useTagCatalogue() {
  return useQuery({
    queryKey: ["segments", "tags"],
    queryFn: ({ signal }) => body(client.GET("/api/segments/tags", { signal })),
  });
}
