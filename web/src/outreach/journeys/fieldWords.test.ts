import { describe, expect, it } from "vitest";
import { fieldWords } from "./fieldWords";
import type { FieldChoice } from "./types";

const words = { yes: "Y", no: "N", and: "+", day: (day: string) => `on ${day}` };
const of = (kind: FieldChoice["kind"]): FieldChoice => ({
  code: "f",
  name: "F",
  kind,
  unit: kind === "NUMBER" ? "km" : "",
  options: [
    { code: "o1", name: "High", size: null },
    { code: "o2", name: "Low", size: null },
  ],
});

describe("a value of a field in words", () => {
  it.each<[FieldChoice["kind"], string | number | boolean | string[] | null, string | null]>([
    ["YES_NO", false, "N"],
    ["YES_NO", true, "Y"],
    ["NUMBER", 0, "0 km"],
    ["NUMBER", 12345.5, "12,345.5 km"],
    ["DATE", "2026-11-05", "on 2026-11-05"],
    ["CHOICE", "o2", "Low"],
    ["CHOICE", "o9", "o9"],
    ["CHOICES", ["o1", "o2"], "High+Low"],
    ["TEXT", "walks in", "walks in"],
    ["TEXT", "", null],
    ["CHOICES", [], null],
    ["YES_NO", null, null],
  ])("%s %j", (kind, value, said) => {
    expect(fieldWords(of(kind), value, words)).toBe(said);
  });
});
