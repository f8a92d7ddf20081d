import type { Definition, Step, StepType } from "./types";

export const MOST_STEPS = 60;
export const MOST_PATHS = 5;
/** Of a tag and a text that nobody has chosen yet: none has it, and the check says so. */
export const UNSET = 0;

/** A way out of a step, by its name; to no step: the journey ends there. */
export interface Way {
  out: string;
  to: string | null;
}

/** Where a step may be put: on a way out of a step, or of the trigger (`from` null). */
export interface Place {
  from: string | null;
  out: string;
}

export const START: Place = { from: null, out: "next" };
/** A journey that says nothing yet. */
export const BLANK: Definition = {
  trigger: { type: "SEGMENT", segment: null, event: null, members: true, at: null, again_days: null },
  start: null,
  steps: [],
  goal: null,
};

export function waysOut(step: Step): Way[] {
  switch (step.type) {
    case "SPLIT":
      return step.paths.map(({ next }, n) => ({ out: String(n), to: next ?? null }));
    case "AWAIT":
    case "CONDITION":
      return [
        { out: "yes", to: step.yes ?? null },
        { out: "no", to: step.no ?? null },
      ];
    default:
      return [{ out: "next", to: step.next ?? null }];
  }
}

function led(step: Step, out: string, to: string | null): Step {
  switch (step.type) {
    case "SPLIT":
      return {
        ...step,
        paths: step.paths.map((path, n) => (String(n) === out ? { ...path, next: to } : path)),
      };
    case "AWAIT":
    case "CONDITION":
      return out === "yes" ? { ...step, yes: to } : { ...step, no: to };
    default:
      return { ...step, next: to };
  }
}

export const stepOf = ({ steps }: Definition, id: string | null) => steps.find((step) => step.id === id);

/** All ways of a journey: the trigger's first, then those of each step. */
export function allWays(definition: Definition): (Place & Way)[] {
  return [
    { ...START, to: definition.start ?? null },
    ...definition.steps.flatMap((step) => waysOut(step).map((way) => ({ from: step.id, ...way }))),
  ];
}

export function targetOf(definition: Definition, { from, out }: Place): string | null {
  return allWays(definition).find((way) => way.from === from && way.out === out)?.to ?? null;
}

export function replaced(definition: Definition, step: Step): Definition {
  return { ...definition, steps: definition.steps.map((other) => (other.id === step.id ? step : other)) };
}

/** Let a way lead to another step, or to the end. */
export function linked(definition: Definition, { from, out }: Place, to: string | null): Definition {
  if (from === null) return { ...definition, start: to };
  const step = stepOf(definition, from);
  return step ? replaced(definition, led(step, out, to)) : definition;
}

/** Put a step on a way: its own first way out leads where that way led. */
export function inserted(definition: Definition, place: Place, step: Step): Definition {
  const [first] = waysOut(step);
  const added = first ? led(step, first.out, targetOf(definition, place)) : step;
  return linked({ ...definition, steps: [...definition.steps, added] }, place, step.id);
}

/** Take a step out: whatever led to it leads where its first way out led; who asked about it asks nothing. */
export function removed(definition: Definition, id: string): Definition {
  const gone = stepOf(definition, id);
  if (!gone) return definition;
  const first = waysOut(gone)[0]?.to ?? null;
  const heir = first === id ? null : first;
  const rest = {
    ...definition,
    steps: definition.steps
      .filter((step) => step.id !== id)
      .map((step) =>
        step.type === "CONDITION" && step.message === id ? { ...step, message: null, came: null } : step,
      ),
  };
  return allWays(rest)
    .filter(({ to }) => to === id)
    .reduce((now, way) => linked(now, way, heir), rest);
}

/** The steps from which a way leads to this one, over however many others. */
export function before(definition: Definition, id: string): Set<string> {
  const ways = allWays(definition);
  const found = new Set<string>();
  const waiting = [id];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const { from, to } of ways) {
      if (to !== at || from === null || found.has(from)) continue;
      found.add(from);
      waiting.push(from);
    }
  }
  return found;
}

/** The steps as they follow one another, the first way first; then those that no way leads to. */
export function inOrder(definition: Definition): Step[] {
  const found = new Map<string, Step>();
  const visit = (id: string | null) => {
    const step = stepOf(definition, id);
    if (!step || found.has(step.id)) return;
    found.set(step.id, step);
    for (const { to } of waysOut(step)) visit(to);
  };
  visit(definition.start ?? null);
  for (const { id } of definition.steps) visit(id);
  return [...found.values()];
}

export function freshId({ steps }: Definition): string {
  const taken = new Set(steps.map(({ id }) => id));
  let n = 1;
  while (taken.has(`s${n}`)) n += 1;
  return `s${n}`;
}

/** Shares that make 100 and differ by one at most. */
export function evenShares(count: number): number[] {
  const whole = Math.floor(100 / count);
  return Array.from({ length: count }, (_, n) => whole + (n < 100 - whole * count ? 1 : 0));
}

/** A step as it is before anybody fills it in. `title`: what a task is called until then. */
export function newStep(type: StepType, id: string, title: string): Step {
  switch (type) {
    case "WAIT":
      return { id, type, days: 3, hours: 0, at_hour: null, next: null };
    case "WORKTIME":
      return { id, type, next: null };
    case "AWAIT":
      return { id, type, event: null, segment: null, days: 7, yes: null, no: null };
    case "CONDITION":
      return { id, type, segment: null, message: null, came: null, yes: null, no: null };
    case "SPLIT":
      return { id, type, paths: evenShares(2).map((share) => ({ share, next: null })) };
    case "HOLDOUT":
      return { id, type, share: 10, next: null };
    case "MESSAGE":
      return { id, type, template: UNSET, next: null };
    case "TASK":
      return { id, type, title, script: "", days: 7, priority: 2, next: null };
    case "TAG":
      return { id, type, tag: UNSET, add: true, next: null };
    case "FIELD":
      return { id, type, field: "", value: null, next: null };
  }
}
