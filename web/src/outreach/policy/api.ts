import { useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type Policy = Schemas["ContactPolicyOut"];
export type Rule = Policy["rules"][number];
export type Threshold = Rule["thresholds"][number];
export type Check = Schemas["ContactCheckOut"];
export type Verdict = Check["verdicts"][number];

/** What the gate does now, and what it held back. */
export function usePolicy() {
  return useQuery({
    queryKey: ["contact-policy"],
    queryFn: ({ signal }) => body(client.GET("/api/contact-policy", { signal })),
  });
}

/** What the gate would say of a message to a customer at this moment. */
export function useMayContact(customerId: number | null, risk: number | null) {
  return useQuery({
    queryKey: ["contact-policy", "customer", customerId, risk],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/may-contact", {
          params: { path: { customer_id: customerId ?? 0 }, query: risk === null ? {} : { risk } },
          signal,
        }),
      ),
    enabled: customerId !== null,
    gcTime: 0, // the gate may say something else in a minute
  });
}
