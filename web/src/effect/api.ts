import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type Experiment = Schemas["ExperimentOut"];
export type Detail = Schemas["ExperimentDetail"];
export type Report = Schemas["ReportOut"];
export type Effect = Schemas["EffectOut"];
export type Plan = Schemas["ExperimentIn"];
export type Power = Schemas["PowerOut"];
export type Learner = Schemas["LearnerOut"];

/** What an experiment is on: events, or a segment (its code). */
export interface Scope {
  events: string[];
  segment: string;
}

export const STATUSES = [
  "PENDING",
  "APPROVED",
  "RUNNING",
  "ENDED",
  "STOPPED",
  "REFUSED",
  "WITHDRAWN",
] as const;
export const MEASURES = ["KEPT", "AUM"] as const;
export const VERDICTS = ["TOO_FEW", "UNEQUAL", "NOT_YET", "BETTER", "WORSE", "NONE"] as const;
export const BANDS = ["HIGH", "MEDIUM", "LOW", "NONE"] as const;
export const SHARES = [5, 10, 15, 20, 25, 30, 40, 50] as const;

const KEY = ["experiments"];

/** 对照实验, the newest first. */
export function useExperiments() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => body(client.GET("/api/experiments", { signal })),
  });
}

export function useExperiment(number: number) {
  return useQuery({
    queryKey: [...KEY, number],
    queryFn: ({ signal }) =>
      body(client.GET("/api/experiments/{number}", { params: { path: { number } }, signal })),
    enabled: number > 0,
  });
}

/** Events that may be put to the test. */
export function useTestable() {
  return useQuery({
    queryKey: [...KEY, "events"],
    queryFn: ({ signal }) => body(client.GET("/api/experiments/events", { signal })),
  });
}

/** Segments whose members may be drawn. */
export function useTestableSegments() {
  return useQuery({
    queryKey: [...KEY, "segments"],
    queryFn: ({ signal }) => body(client.GET("/api/experiments/segments", { signal })),
  });
}

/** 把握度: what an experiment on these events, or on this segment, could see. */
export function usePower({ events, segment }: Scope, share: number, days: number) {
  return useQuery({
    queryKey: [...KEY, "power", events, segment, share, days],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/experiments/power", { params: { query: { events, segment, share, days } }, signal }),
      ),
    enabled: events.length > 0 || segment !== "",
    placeholderData: keepPreviousData,
  });
}

/** Ask for an experiment. */
export function usePlan() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Plan) => body(client.POST("/api/experiments", { body: asked })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

/** 增量模型: learn whom care changes from all that has ended on the same events or segment. */
export function useLearn(number: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => body(client.POST("/api/experiments/{number}/uplift", { params: { path: { number } } })),
    onSuccess: (found) => queries.setQueryData([...KEY, number], found),
  });
}

export const DEEDS = ["approve", "withdraw", "start", "refuse", "stop"] as const;
export type Deed = (typeof DEEDS)[number];

/** Decide about an experiment, start or stop it; whatever comes of it, the page looks again. */
export function useDeed(number: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ deed, reason }: { deed: Deed; reason: string }) => {
      const params = { path: { number } };
      switch (deed) {
        case "approve":
          return body(client.POST("/api/experiments/{number}/approve", { params }));
        case "withdraw":
          return body(client.POST("/api/experiments/{number}/withdraw", { params }));
        case "start":
          return body(client.POST("/api/experiments/{number}/start", { params }));
        case "refuse":
          return body(client.POST("/api/experiments/{number}/refuse", { params, body: { reason } }));
        case "stop":
          return body(client.POST("/api/experiments/{number}/stop", { params, body: { reason } }));
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}
