import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import type { Rule } from "./rule";

export type RuleFields = Schemas["FieldsOut"];
export type RuleField = Schemas["RuleField"];
export type Rows = Schemas["RowsOut"];
export type ProblemOut = Schemas["ProblemOut"];
export type Counted = Schemas["CountOut"];
export type Share = Schemas["ShareOut"];
export type SampleRow = Schemas["SampleRow"];
export type Explained = Schemas["ExplainOut"];
export type Parsed = Schemas["ParseOut"];

/** 字段目录: what rules may speak of. */
export function useRuleFields() {
  return useQuery({
    queryKey: ["segments", "fields"],
    queryFn: ({ signal }) => body(client.GET("/api/segments/fields", { signal })),
    staleTime: 600_000,
  });
}

/**
 * The rule's problems at their places, or the sentence that it reads as and how many it holds of. `json`: the rule;
 * empty asks nothing. Of another rule it is another question, so that a late answer is nobody's; the answer before stays
 * until the new one is there.
 */
export function useCheck(json: string) {
  return useQuery({
    queryKey: ["segments", "check", json],
    queryFn: ({ signal }) =>
      body(client.POST("/api/segments/check", { body: { rule: JSON.parse(json) as Rule }, signal })),
    enabled: json !== "",
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 60_000,
  });
}

/** Some of them; asked for by hand, for it is accounted for. */
export const useSample = () =>
  useMutation({
    mutationFn: (rule: Rule) => body(client.POST("/api/segments/sample", { body: { rule } })),
    gcTime: 0,
  });

/** Why one customer is in, or not. */
export const useExplain = () =>
  useMutation({
    mutationFn: (input: { rule: Rule; customer_id: number }) =>
      body(client.POST("/api/segments/explain", { body: input })),
    gcTime: 0,
  });

/** What a typed sentence means. */
export const useParse = () =>
  useMutation({
    mutationFn: (text: string) => body(client.POST("/api/segments/parse", { body: { text } })),
  });
