import { describe, expect, it } from "vitest";
import { emptyPlan, todayOf } from "./plan";

describe("an empty plan", () => {
  it("begins tomorrow and is on for four weeks, over the year's end too", () => {
    const { starts_on, ends_on } = emptyPlan("2026-12-31");
    expect([starts_on, ends_on]).toEqual(["2027-01-01", "2027-01-28"]);
  });

  it("counts days as Shanghai does", () => {
    expect(todayOf(new Date("2026-11-02T17:00:00Z"))).toBe("2026-11-03");
    expect(todayOf(new Date("2026-11-02T15:59:59Z"))).toBe("2026-11-02");
  });
});
