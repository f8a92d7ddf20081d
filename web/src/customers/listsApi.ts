import { useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import { useChange } from "./api";

export type Tag = Schemas["TagOut"];
export type CustomerList = Schemas["ListOut"];
export type SavedView = Schemas["ViewOut"];
export type BulkIn = Schemas["BulkIn"];

export function useTags() {
  return useQuery({
    queryKey: ["tags"],
    queryFn: ({ signal }) => body(client.GET("/api/tags", { signal })),
    staleTime: 300_000,
  });
}

/** One's own lists and those shared; or one's own that are closed. */
export function useCustomerLists(closed = false) {
  return useQuery({
    queryKey: ["customer-lists", closed],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customer-lists", { params: { query: { closed } }, signal })),
  });
}

/** Where a tag is used; asked when somebody means to retire it. */
export function useTagUse(id: number) {
  return useQuery({
    queryKey: ["tag-use", id],
    queryFn: ({ signal }) =>
      body(client.GET("/api/tags/{tag_id}/use", { params: { path: { tag_id: id } }, signal })),
    staleTime: 0,
  });
}

export function useViews() {
  return useQuery({
    queryKey: ["customer-views"],
    queryFn: ({ signal }) => body(client.GET("/api/customer-views", { signal })),
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
    ({ id, ...change }: { id: number } & Schemas["ListChange"]) =>
      body(
        client.PATCH("/api/customer-lists/{list_id}", { params: { path: { list_id: id } }, body: change }),
      ),
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
