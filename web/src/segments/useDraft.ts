import { useCallback, useMemo, useReducer } from "react";
import { type Group, toRule } from "./mapping";

interface History {
  past: Group[];
  now: Group;
  future: Group[];
}
type Step =
  { kind: "to"; query: Group } | { kind: "start"; query: Group } | { kind: "undo" } | { kind: "redo" };

/** How many steps can be taken back. */
const KEPT = 100;

export const same = (a: Group, b: Group) => JSON.stringify(toRule(a)) === JSON.stringify(toRule(b));

function step({ past, now, future }: History, taken: Step): History {
  if (taken.kind === "start") return { past: [], now: taken.query, future: [] };
  if (taken.kind === "undo") {
    const before = past.at(-1);
    return before
      ? { past: past.slice(0, -1), now: before, future: [now, ...future] }
      : { past, now, future };
  }
  if (taken.kind === "redo") {
    const [next, ...rest] = future;
    return next ? { past: [...past, now], now: next, future: rest } : { past, now, future };
  }
  // the builder also tells of what changes no rule, e.g. ids it gave: no step to take back
  if (same(now, taken.query)) return { past, now: taken.query, future };
  return { past: [...past, now].slice(-KEPT), now: taken.query, future: [] };
}

/** The rule that is being drawn, with its steps. */
export function useDraft(first: Group) {
  const [history, take] = useReducer(step, { past: [], now: first, future: [] });
  const edit = useCallback((query: Group) => take({ kind: "to", query }), []);
  return useMemo(
    () => ({
      query: history.now,
      edit,
      start: (query: Group) => take({ kind: "start", query }),
      undo: history.past.length ? () => take({ kind: "undo" }) : undefined,
      redo: history.future.length ? () => take({ kind: "redo" }) : undefined,
    }),
    [history, edit],
  );
}
