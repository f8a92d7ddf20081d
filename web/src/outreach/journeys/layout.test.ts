import { describe, expect, it } from "vitest";
import { BLANK, inserted, linked, newStep, START } from "./definition";
import { type Box, CARD, END, laidOut, rounded } from "./layout";
import type { Definition } from "./types";

const wait = (id: string, next: string | null = null) => ({ ...newStep("WAIT", id, ""), next });
const ask = (id: string, yes: string | null, no: string | null) => ({
  ...newStep("CONDITION", id, ""),
  yes,
  no,
});
const drawn = (start: string | null, steps: unknown[]) =>
  laidOut({ ...BLANK, start, steps: steps as Definition["steps"] });
const box = (boxes: Box[], id: string) => boxes.find((one) => one.id === id) as Box;

function apart(boxes: Box[]): void {
  const size = ({ kind }: Box) => (kind === "end" ? END : CARD);
  for (const [n, a] of boxes.entries())
    for (const b of boxes.slice(n + 1)) {
      const beside = a.x + size(a).width <= b.x || b.x + size(b).width <= a.x;
      const above = a.y + size(a).height <= b.y || b.y + size(b).height <= a.y;
      expect(beside || above, `${a.id} and ${b.id}`).toBe(true);
    }
}

describe("the canvas of a journey", () => {
  it("of nothing is the trigger and an end", () => {
    const { boxes, lines } = drawn(null, []);
    expect(boxes.map(({ kind }) => kind)).toEqual(["trigger", "end"]);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.points).toHaveLength(2);
  });

  it("leads straight down where nothing forks", () => {
    const { boxes, lines } = drawn("a", [wait("a", "b"), wait("b")]);
    expect(new Set(boxes.filter(({ kind }) => kind !== "end").map(({ x }) => x)).size).toBe(1);
    expect(box(boxes, "a").y).toBeLessThan(box(boxes, "b").y);
    for (const { points } of lines) expect(new Set(points.map(({ x }) => x)).size).toBe(1);
  });

  it("puts yes at the left of no, the question between them", () => {
    const { boxes } = drawn("a", [ask("a", "b", "c"), wait("b"), wait("c")]);
    apart(boxes);
    expect(box(boxes, "b").y).toBe(box(boxes, "c").y);
    expect(box(boxes, "b").x).toBeLessThan(box(boxes, "a").x);
    expect(box(boxes, "a").x).toBeLessThan(box(boxes, "c").x);
  });

  it("puts what ways meet in below all of them, and bends the short way around", () => {
    const { boxes, lines } = drawn("a", [ask("a", "b", "d"), wait("b", "c"), wait("c", "d"), wait("d")]);
    apart(boxes);
    expect(box(boxes, "d").y).toBeGreaterThan(box(boxes, "c").y);
    const short = lines.find(({ id }) => id === "a:no");
    const c = box(boxes, "c");
    expect(short?.points.some(({ x }) => x > c.x + CARD.width || x < c.x)).toBe(true);
  });

  it("leads back up at the right of everything", () => {
    const { boxes, lines } = drawn("a", [wait("a", "b"), ask("b", "a", null)]);
    const back = lines.find(({ id }) => id === "b:yes");
    expect(lines.filter((line) => line.back)).toEqual([back]);
    const right = Math.max(...boxes.map(({ x, kind }) => x + (kind === "end" ? END : CARD).width));
    expect(Math.max(...(back?.points ?? []).map(({ x }) => x))).toBeGreaterThan(right);
    expect(back?.points.at(-1)?.y).toBe(box(boxes, "a").y);
  });

  it("shows what no way leads to, and a way to a step that is not there as an end", () => {
    const { boxes } = drawn("a", [wait("a", "gone"), wait("lost", "lost2"), wait("lost2")]);
    apart(boxes);
    expect(boxes.filter(({ kind }) => kind === "step")).toHaveLength(3);
    expect(box(boxes, "lost").y).toBe(box(boxes, "a").y);
    expect(boxes.some(({ id, kind }) => kind === "end" && id === "a:next")).toBe(true);
  });

  it("keeps sixty steps apart, however they fork, meet and turn back", () => {
    let now: Definition = BLANK;
    let place = START;
    for (let n = 0; n < 60; n += 1) {
      const type = (["SPLIT", "WAIT", "CONDITION", "AWAIT", "HOLDOUT"] as const)[n % 5] ?? "WAIT";
      now = inserted(now, place, newStep(type, `s${n}`, ""));
      place =
        type === "SPLIT"
          ? { from: `s${n}`, out: n % 2 ? "0" : "1" }
          : type === "CONDITION" || type === "AWAIT"
            ? { from: `s${n}`, out: n % 3 ? "yes" : "no" }
            : { from: `s${n}`, out: "next" };
      if (n > 10 && n % 7 === 0) now = linked(now, { from: `s${n - 6}`, out: "no" }, `s${n % 3 ? n : 2}`);
    }
    const begun = performance.now();
    const { boxes, lines } = laidOut(now);
    expect(performance.now() - begun).toBeLessThan(200);
    apart(boxes);
    for (const { points } of lines)
      for (const { x, y } of points) expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
  });

  it("stays where it is: the trigger in the middle", () => {
    const { boxes } = drawn("a", [ask("a", "b", null), ask("b", null, "c"), wait("c")]);
    expect(box(boxes, "").x).toBe(-CARD.width / 2);
  });

  it("draws corners round and ends sharp", () => {
    expect(
      rounded([
        { x: 0, y: 0 },
        { x: 0, y: 20 },
        { x: 30, y: 20 },
      ]),
    ).toBe("M 0 0 L 0 10 Q 0 20 10 20 L 30 20");
  });
});
