import { useMemo, useState } from "react";
import { useSettled } from "@/shared/hooks/useSettled";
import { type Counted, type ProblemOut, useCheck } from "./api";
import { type Group, toRule } from "./mapping";

/**
 * Long enough not to ask at every key (to draw what was typed takes about as long again), short enough for an answer
 * within 300 ms of the last one.
 */
const PAUSE_MS = 60;

/** The rule as text; a range of which one end is missing yet has one end. */
export const written = (query: Group) =>
  JSON.stringify(toRule(query), (_, value: unknown) =>
    Array.isArray(value) ? value.filter((one) => one !== undefined && one !== null) : value,
  );

/** What is known of the rule as it is drawn. What is shown may still be of the rule before: then it is not `now`. */
export function useLive(query: Group) {
  const json = useMemo(() => (query.rules.length ? written(query) : ""), [query]);
  const asked = useSettled(json, PAUSE_MS);
  const { data, error, isSuccess, isPlaceholderData } = useCheck(asked);
  const [last, setLast] = useState<Counted>();
  const now = asked === json && json !== "" && isSuccess && !isPlaceholderData;
  // a rule with a problem has no count: the number before stays, dimmed
  if (now && data.count && data.count !== last) setLast(data.count);
  return {
    json,
    read: json ? data : undefined,
    readNow: now,
    problems: (now && data.problems) || NONE,
    count: json ? last : undefined,
    countNow: now && data.count !== null,
    error,
  };
}

const NONE: ProblemOut[] = [];
export type Live = ReturnType<typeof useLive>;
