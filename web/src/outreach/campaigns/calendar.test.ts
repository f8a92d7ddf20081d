import { describe, expect, it } from "vitest";
import { inMonth, monthFrom, weeksOf } from "./calendar";

const row = (name: string, starts_on: string, ends_on: string) => ({ name, starts_on, ends_on });

describe("the month of campaigns", () => {
  it("has whole weeks, Monday first", () => {
    const weeks = weeksOf("2026-11", []);
    expect(weeks.map(({ days }) => days[0]?.date)).toEqual([
      "2026-10-26",
      "2026-11-02",
      "2026-11-09",
      "2026-11-16",
      "2026-11-23",
      "2026-11-30",
    ]);
    expect(weeks[0]?.days.filter(({ inside }) => inside).map(({ date }) => date)).toEqual(["2026-11-01"]);
    expect(weeksOf("2027-02", [])).toHaveLength(4); // begins on a Monday, 28 days
  });

  it("shows a campaign in each week in which it is on, for the days that it has there", () => {
    const weeks = weeksOf("2026-11", [row("a", "2026-11-05", "2026-11-17")]);
    expect(
      weeks.map(({ bars }) => bars.map(({ from, days, before, after }) => [from, days, before, after])),
    ).toEqual([[], [[4, 4, false, true]], [[1, 7, true, true]], [[1, 2, true, false]], [], []]);
  });

  it("puts no two upon each other, and uses a line again once it is free", () => {
    const weeks = weeksOf("2026-11", [
      row("late", "2026-11-05", "2026-11-06"),
      row("a", "2026-11-02", "2026-11-03"),
      row("b", "2026-11-03", "2026-11-08"),
    ]);
    expect(weeks[1]?.bars.map(({ row: { name }, line }) => [name, line])).toEqual([
      ["a", 0],
      ["b", 1],
      ["late", 0],
    ]);
  });

  it("lists what is on in the month, by its first day", () => {
    const rows = [
      row("after", "2026-12-01", "2026-12-09"),
      row("across", "2026-10-20", "2026-12-20"),
      row("inside", "2026-11-30", "2026-12-01"),
      row("before", "2026-10-01", "2026-10-31"),
    ];
    expect(inMonth("2026-11", rows).map(({ name }) => name)).toEqual(["across", "inside"]);
  });

  it("turns the page over the year's end", () => {
    expect([monthFrom("2026-12", 1), monthFrom("2026-01", -1)]).toEqual(["2027-01", "2025-12"]);
  });
});
