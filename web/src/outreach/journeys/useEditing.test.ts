import { describe, expect, it } from "vitest";
import { BLANK } from "./definition";
import { edited } from "./useEditing";

const named = (name: string) => ({ name, definition: BLANK });
const first = { saved: named(""), now: named(""), past: [], at: null };

describe("a journey that is being drawn", () => {
  it("takes what is typed into one field for one change", () => {
    const typed = ["a", "ab", "abc"].reduce(
      (now, name) => edited(now, { kind: "to", next: named(name), at: "name" }),
      first as Parameters<typeof edited>[0],
    );
    expect(typed.now.name).toBe("abc");
    expect(edited(typed, { kind: "undo" }).now.name).toBe("");
  });

  it("takes back one change after the other, and nothing beyond the first", () => {
    const once = edited(first, { kind: "to", next: named("a"), at: null });
    const twice = edited(once, { kind: "to", next: named("b"), at: null });
    const back = edited(twice, { kind: "undo" });
    expect(back.now.name).toBe("a");
    expect(edited(edited(back, { kind: "undo" }), { kind: "undo" }).now.name).toBe("");
  });

  it("keeps no change that changes nothing", () =>
    expect(edited(first, { kind: "to", next: named(""), at: null })).toBe(first));

  it("knows after a save what is saved, and can still go back", () => {
    const once = edited(first, { kind: "to", next: named("a"), at: "name" });
    const saved = edited(once, { kind: "saved", as: once.now });
    expect(saved.saved.name).toBe("a");
    expect(edited(saved, { kind: "to", next: named("ab"), at: "name" }).past).toHaveLength(2);
  });
});
