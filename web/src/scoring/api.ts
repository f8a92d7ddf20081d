import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import type { paths } from "@/app/schema";

export type AlertRow = Schemas["AlertRow"];
export type ScoreCard = Schemas["ScoreCard"];
export type ValueCard = Schemas["ValueCard"];
export type ModelOut = Schemas["ModelOut"];
export type ModelCard = Schemas["ModelCard"];
export type Monitoring = Schemas["Monitoring"];
export type AlertQuery = NonNullable<paths["/api/churn/alerts"]["get"]["parameters"]["query"]>;

/** Customers and money at risk, of an org or a manager if one is named. */
export function useChurnSummary(org: number | null, manager: number | null) {
  return useQuery({
    queryKey: ["churn", "summary", org, manager],
    queryFn: ({ signal }) =>
      body(client.GET("/api/churn/summary", { params: { query: { org, manager } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** A page of the customers who may leave. */
export function useAlerts(query: AlertQuery, enabled: boolean) {
  return useQuery({
    queryKey: ["churn", "alerts", query],
    queryFn: ({ signal }) => body(client.GET("/api/churn/alerts", { params: { query }, signal })),
    placeholderData: keepPreviousData,
    enabled,
  });
}

const at = (id: number) => ({ path: { customer_id: id } });

/** 流失风险 of one customer. */
export function useScoreCard(id: number, enabled: boolean) {
  return useQuery({
    queryKey: ["customer", id, "churn"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customers/{customer_id}/churn", { params: at(id), signal })),
    enabled,
  });
}

/** 价值与下一产品 of one customer. */
export function useValueCard(id: number, enabled: boolean) {
  return useQuery({
    queryKey: ["customer", id, "value"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customers/{customer_id}/value", { params: at(id), signal })),
    enabled,
  });
}

function useAfterFeedback(id: number) {
  const queries = useQueryClient();
  return (card: ScoreCard) => {
    queries.setQueryData(["customer", id, "churn"], card);
    void queries.invalidateQueries({ queryKey: ["churn"] });
  };
}

/** Say why a score is not true. */
export function useTellFeedback(id: number) {
  return useMutation({
    mutationFn: (told: Schemas["FeedbackIn"]) =>
      body(client.POST("/api/customers/{customer_id}/churn/feedback", { params: at(id), body: told })),
    onSuccess: useAfterFeedback(id),
  });
}

/** Take one's own feedback back. */
export function useWithdrawFeedback(id: number) {
  return useMutation({
    mutationFn: (feedbackId: number) =>
      body(
        client.POST("/api/customers/{customer_id}/churn/feedback/{feedback_id}/withdraw", {
          params: { path: { customer_id: id, feedback_id: feedbackId } },
        }),
      ),
    onSuccess: useAfterFeedback(id),
  });
}

/** All models, newest first. */
export function useModels() {
  return useQuery({
    queryKey: ["models"],
    queryFn: ({ signal }) => body(client.GET("/api/scoring/models", { signal })),
  });
}

/** Everything that is known of one model. */
export function useModelCard(kind: string, number: number) {
  return useQuery({
    queryKey: ["models", kind, number],
    queryFn: ({ signal }) =>
      body(client.GET("/api/scoring/models/{kind}/{number}", { params: { path: { kind, number } }, signal })),
  });
}

export function useMonitoring(kind: string) {
  return useQuery({
    queryKey: ["monitoring", kind],
    queryFn: ({ signal }) =>
      body(client.GET("/api/scoring/monitoring/{kind}", { params: { path: { kind } }, signal })),
  });
}

const LOOK_AGAIN_MS = 3_000;

/** Trainings that were asked for; asked again while one is under way, and the models once it is over. */
export function useTrainings() {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ["trainings"],
    queryFn: async ({ signal }) => {
      const found = await body(client.GET("/api/scoring/trainings", { signal }));
      if (!found.some(isOpen)) void queries.invalidateQueries({ queryKey: ["models"] });
      return found;
    },
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? LOOK_AGAIN_MS : false),
  });
}

const isOpen = ({ status }: Schemas["TrainingOut"]) => status === "WAITING" || status === "RUNNING";

export function useTrain() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Schemas["TrainIn"]) => body(client.POST("/api/scoring/trainings", { body: asked })),
    onSuccess: (found) => queries.setQueryData(["trainings"], found),
  });
}

/** Approve or release a model that somebody else has trained. */
export function useDecide(step: "approve" | "release") {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, number }: { kind: string; number: number }) =>
      body(
        client.POST(`/api/scoring/models/{kind}/{number}/${step}`, { params: { path: { kind, number } } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["models"] }),
  });
}

/** Take the released model out of use. */
export function useRollBack() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, reason }: { kind: string; reason: string }) =>
      body(
        client.POST("/api/scoring/releases/{kind}/rollback", {
          params: { path: { kind } },
          body: { reason },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["models"] }),
  });
}

/** Take a model that is not in use out of the running. */
export function useSetAside() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, number, reason }: { kind: string; number: number; reason: string }) =>
      body(
        client.POST("/api/scoring/models/{kind}/{number}/set-aside", {
          params: { path: { kind, number } },
          body: { reason },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["models"] }),
  });
}
