import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type Template = Schemas["TemplateOut"];
export type Version = Schemas["TextVersionOut"];
export type Draft = Schemas["TemplateIn"];
export type Kind = Draft["kind"];
export type Channel = Template["channel"];
export type TextCheck = Schemas["TextCheckIn"];
export type Message = Schemas["MessageOut"];
export type Outreach = Schemas["OutreachOut"];

const TEMPLATES = ["templates"];
const of = (id: number) => ({ path: { customer_id: id } });

export function useTemplates() {
  return useQuery({
    queryKey: TEMPLATES,
    queryFn: ({ signal }) => body(client.GET("/api/templates", { signal })),
  });
}

/** What is wrong with a text while it is written. */
export function useTextCheck(words: TextCheck) {
  return useQuery({
    queryKey: [...TEMPLATES, "check", words],
    queryFn: ({ signal }) => body(client.POST("/api/templates/check", { body: words, signal })),
    placeholderData: keepPreviousData,
    enabled: words.text.trim() !== "",
  });
}

/** What a text may name in braces. */
export function useVariables(channel: Channel) {
  return useQuery({
    queryKey: [...TEMPLATES, "variables", channel],
    queryFn: ({ signal }) =>
      body(client.GET("/api/templates/variables", { params: { query: { channel } }, signal })),
    staleTime: Infinity,
  });
}

function useChangedTemplates() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: TEMPLATES });
}

export function useSubmit() {
  const changed = useChangedTemplates();
  return useMutation({
    mutationFn: (draft: Draft) => body(client.POST("/api/templates", { body: draft })),
    onSuccess: changed,
  });
}

export type Deed = "approve" | "refuse" | "withdraw";

export function useDecide() {
  const changed = useChangedTemplates();
  return useMutation({
    mutationFn: ({ version, deed, reason }: { version: number; deed: Deed; reason: string }) => {
      const params = { path: { version_id: version } };
      switch (deed) {
        case "approve":
          return body(client.POST("/api/templates/versions/{version_id}/approve", { params }));
        case "refuse":
          return body(
            client.POST("/api/templates/versions/{version_id}/refuse", { params, body: { reason } }),
          );
        case "withdraw":
          return body(client.POST("/api/templates/versions/{version_id}/withdraw", { params }));
      }
    },
    onSettled: changed,
  });
}

export function useRetire() {
  const changed = useChangedTemplates();
  return useMutation({
    mutationFn: (id: number) =>
      body(client.POST("/api/templates/{template_id}/retire", { params: { path: { template_id: id } } })),
    onSettled: changed,
  });
}

/** What went and what did not; looked at anew every half minute. */
export function useOutreach(days: 1 | 7 | 30) {
  return useQuery({
    queryKey: ["outreach", days],
    queryFn: ({ signal }) => body(client.GET("/api/outreach", { params: { query: { days } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
}

export function useMessages(state: string, why: string) {
  return useInfiniteQuery({
    queryKey: ["outreach", "messages", state, why],
    queryFn: ({ pageParam, signal }) =>
      body(client.GET("/api/messages", { params: { query: { state, why, cursor: pageParam } }, signal })),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

export function useSendable(enabled: boolean) {
  return useQuery({
    queryKey: [...TEMPLATES, "sendable"],
    queryFn: ({ signal }) => body(client.GET("/api/sendable-templates", { signal })),
    enabled,
  });
}

export function usePreview(customerId: number, template: number | null) {
  return useQuery({
    queryKey: ["customer", customerId, "messages", "preview", template],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/messages/preview", {
          params: { ...of(customerId), query: { template_id: template ?? 0 } },
          signal,
        }),
      ),
    enabled: template !== null,
    gcTime: 0, // the gate may say something else in a minute
  });
}

/** Messages to a customer; while one is on its way they are looked at anew. */
export function useCustomerMessages(customerId: number) {
  return useQuery({
    queryKey: ["customer", customerId, "messages"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customers/{customer_id}/messages", { params: of(customerId), signal })),
    refetchInterval: ({ state }) => (state.data?.some(onItsWay) ? 2_000 : false),
  });
}

const MOMENTS = 120_000;

/** It may change within moments. What waits for its hour does not. */
function onItsWay({ state, next_at, gone_at }: Message): boolean {
  if (state === "QUEUED") return next_at !== null && Date.parse(next_at) < Date.now() + MOMENTS;
  return (
    state === "SENDING" ||
    (state === "SENT" && gone_at !== null && Date.parse(gone_at) > Date.now() - MOMENTS)
  );
}

export function useSend(customerId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Schemas["MessageIn"]) =>
      body(client.POST("/api/customers/{customer_id}/messages", { params: of(customerId), body: wanted })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["customer", customerId] }),
  });
}

export function useCancel(customerId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      body(client.POST("/api/messages/{message_id}/cancel", { params: { path: { message_id: id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["customer", customerId] }),
  });
}

export type Plan = Schemas["CarePlanOut"];
export type PlanIn = Schemas["CarePlanIn"];
const PLANS = ["care-plans"];

export function usePlans() {
  return useQuery({
    queryKey: PLANS,
    queryFn: ({ signal }) => body(client.GET("/api/care-plans", { signal })),
  });
}

export function usePlanEvents() {
  return useQuery({
    queryKey: [...PLANS, "events"],
    queryFn: ({ signal }) => body(client.GET("/api/care-plans/events", { signal })),
    staleTime: Infinity,
  });
}

/** What a plan would have sent in the last 90 days. */
export function useSimulation(event: string, from: number, to: number) {
  return useQuery({
    queryKey: [...PLANS, "simulation", event, from, to],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/care-plans/simulation", {
          params: { query: { event, tier_from: from, tier_to: to } },
          signal,
        }),
      ),
    enabled: event !== "" && from <= to,
    placeholderData: keepPreviousData,
  });
}

function useChangedPlans() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: PLANS });
}

export function usePropose() {
  const changed = useChangedPlans();
  return useMutation({
    mutationFn: (plan: PlanIn) => body(client.POST("/api/care-plans", { body: plan })),
    onSuccess: changed,
  });
}

export type PlanDeed = "approve" | "refuse" | "end";

export function usePlanDeed() {
  const changed = useChangedPlans();
  return useMutation({
    mutationFn: ({ plan, deed, reason }: { plan: number; deed: PlanDeed; reason: string }) => {
      const params = { path: { plan_id: plan } };
      switch (deed) {
        case "approve":
          return body(client.POST("/api/care-plans/{plan_id}/approve", { params }));
        case "refuse":
          return body(client.POST("/api/care-plans/{plan_id}/refuse", { params, body: { reason } }));
        case "end":
          return body(client.POST("/api/care-plans/{plan_id}/end", { params }));
      }
    },
    onSettled: changed,
  });
}
