import { describe, expect, it } from "vitest";
import { STEP_TYPES } from "./codes";
import {
  allWays,
  before,
  BLANK,
  evenShares,
  freshId,
  inOrder,
  inserted,
  linked,
  newStep,
  removed,
  START,
  stepOf,
  targetOf,
  waysOut,
} from "./definition";
import type { Definition, Step } from "./types";

const ids = (steps: Step[]) => steps.map(({ id }) => id);

/** Start → ask; yes → send → ask (a loop); no → wait → send. */
const asked: Definition = {
  ...BLANK,
  start: "ask",
  steps: [
    { id: "send", type: "MESSAGE", template: 1, next: "ask" },
    { id: "wait", type: "WAIT", days: 1, hours: 0, at_hour: null, next: "send" },
    { id: "ask", type: "CONDITION", segment: "rich", yes: "send", no: "wait" },
  ],
};

describe("putting a step in", () => {
  it("begins a journey", () => {
    const made = inserted(BLANK, START, newStep("WAIT", "s1", ""));
    expect(made.start).toBe("s1");
    expect(targetOf(made, { from: "s1", out: "next" })).toBeNull();
  });

  it.each(STEP_TYPES)("of type %s lets its first way lead where the way led", (type) => {
    const made = inserted(asked, { from: "ask", out: "no" }, newStep(type, "new1", "call"));
    const step = stepOf(made, "new1");
    expect(targetOf(made, { from: "ask", out: "no" })).toBe("new1");
    expect(targetOf(made, { from: "ask", out: "yes" })).toBe("send");
    expect(step && waysOut(step).map(({ to }) => to)).toEqual(
      step && waysOut(step).map((_, n) => (n === 0 ? "wait" : null)),
    );
  });

  it("leaves what it was given as it was", () => {
    const copy = structuredClone(asked);
    inserted(asked, { from: "ask", out: "yes" }, newStep("SPLIT", "s1", ""));
    removed(asked, "send");
    linked(asked, START, null);
    expect(asked).toEqual(copy);
  });
});

describe("taking a step out", () => {
  it("joins what was before it with what its first way led to", () => {
    const made = removed(asked, "send");
    expect(ids(made.steps)).toEqual(["wait", "ask"]);
    expect(targetOf(made, { from: "ask", out: "yes" })).toBe("ask");
    expect(targetOf(made, { from: "wait", out: "next" })).toBe("ask");
  });

  it("of the first begins with the next", () => expect(removed(asked, "ask").start).toBe("send"));

  it("that leads to itself ends the ways to it", () => {
    const loop = linked(asked, { from: "send", out: "next" }, "send");
    expect(targetOf(removed(loop, "send"), { from: "wait", out: "next" })).toBeNull();
  });

  it("lets nobody ask about a message that is gone", () => {
    const step: Step = { id: "came", type: "CONDITION", message: "send", came: "SENT", yes: null, no: null };
    const made = removed({ ...asked, steps: [...asked.steps, step] }, "send");
    expect(stepOf(made, "came")).toMatchObject({ message: null, came: null });
  });

  it("that is not there changes nothing", () => expect(removed(asked, "none")).toBe(asked));
});

describe("a journey", () => {
  it("is read the first way first, what no way leads to last", () => {
    const lost = newStep("WORKTIME", "lost", "");
    expect(ids(inOrder({ ...asked, steps: [lost, ...asked.steps] }))).toEqual([
      "ask",
      "send",
      "wait",
      "lost",
    ]);
  });

  it("knows what may come before a step, also around a loop", () => {
    expect([...before(asked, "wait")].sort()).toEqual(["ask", "send", "wait"]);
    expect([...before(linked(asked, { from: "send", out: "next" }, null), "wait")]).toEqual(["ask"]);
  });

  it("has one way for the trigger and one for each way out", () => {
    expect(allWays(asked)).toHaveLength(5);
    const split = linked(inserted(BLANK, START, newStep("SPLIT", "s1", "")), { from: "s1", out: "1" }, "s1");
    expect(allWays(split).map(({ to }) => to)).toEqual(["s1", null, "s1"]);
  });

  it("gives ids that the server takes and nobody has", () => {
    expect(freshId(BLANK)).toBe("s1");
    expect(freshId(inserted(BLANK, START, newStep("WAIT", "s1", "")))).toBe("s2");
  });

  it.each([2, 3, 4, 5])("shares 100 evenly among %i", (count) => {
    const shares = evenShares(count);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(100);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  });
});
