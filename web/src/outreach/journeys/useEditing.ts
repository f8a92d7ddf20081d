import { useReducer } from "react";
import type { JourneyIn } from "./types";

interface Editing {
  saved: JourneyIn;
  now: JourneyIn;
  past: JourneyIn[];
  /** What the last change was made to: what follows on the same is one change with it. */
  at: string | null;
}
type Act =
  { kind: "to"; next: JourneyIn; at: string | null } | { kind: "undo" } | { kind: "saved"; as: JourneyIn };

/** How many changes can be taken back. */
const KEPT = 50;
const same = (a: JourneyIn, b: JourneyIn) => JSON.stringify(a) === JSON.stringify(b);

export function edited(editing: Editing, act: Act): Editing {
  const { now, past, at } = editing;
  switch (act.kind) {
    case "to":
      if (same(now, act.next)) return editing;
      return {
        ...editing,
        now: act.next,
        past: act.at !== null && act.at === at ? past : [...past, now].slice(-KEPT),
        at: act.at,
      };
    case "undo": {
      const before = past.at(-1);
      return before ? { ...editing, now: before, past: past.slice(0, -1), at: null } : editing;
    }
    case "saved":
      return { ...editing, saved: act.as, at: null };
  }
}

/** A journey that is being drawn: its changes can be taken back, and it knows whether all of it is saved. */
export function useEditing(first: JourneyIn) {
  const [editing, act] = useReducer(edited, { saved: first, now: first, past: [], at: null });
  return {
    now: editing.now,
    dirty: !same(editing.saved, editing.now),
    change: (next: JourneyIn, at: string | null = null) => act({ kind: "to", next, at }),
    undo: editing.past.length > 0 ? () => act({ kind: "undo" }) : undefined,
    saved: (as: JourneyIn) => act({ kind: "saved", as }),
  };
}
