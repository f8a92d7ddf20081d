import { useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type CustomerRow = Schemas["CustomerRow"];
export type CustomerOut = Schemas["CustomerOut"];

/** Live results of the global search; silent until something is typed. */
export function useCustomerSearch(q: string) {
  return useQuery({
    queryKey: ["customers", "search", q],
    queryFn: ({ signal }) => body(client.GET("/api/customers", { params: { query: { q } }, signal })),
    enabled: q.length > 0,
  });
}
