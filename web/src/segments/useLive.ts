import { useMemo, useState } from "react";
import { useSettled } from "@/shared/hooks/useSettled";
import { type Counted, type ProblemOut, useCheck, useCount } from "./api";
import { finished } from "./catalogue";
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
  const checked = useCheck(asked);
  // until the last key has settled, what was asked may still lack a value that the rule has by now
  const counted = useCount(asked === json && finished(query) ? asked : "");
  const [last, setLast] = useState<Counted>();
  const current = asked === json && json !== "";
  const fresh = counted.isSuccess && !counted.isPlaceholderData;
  // a rule with a problem has no count: the number before stays, dimmed
  if (fresh && counted.data !== last) setLast(counted.data);
  const checkedNow = current && checked.isSuccess && !checked.isPlaceholderData;
  return {
    json,
    read: json ? checked.data : undefined,
    readNow: checkedNow,
    problems: (checkedNow && checked.data?.problems) || NONE,
    count: json ? last : undefined,
    countNow: current && fresh,
    error: checked.error ?? (checkedNow && checked.data?.problems.length ? null : counted.error),
  };
}

const NONE: ProblemOut[] = [];
export type Live = ReturnType<typeof useLive>;
