import { describe, expect, it } from "vitest";
import { chips, toQuery, toUrl, URL_DEFAULTS, type UrlQuery } from "./filters";

const words = {
  t: (key: string, options?: Record<string, unknown>) => [key, ...Object.values(options ?? {})].join(" "),
  money: (amount: string) => `¥${amount}`,
  date: (day: string) => day,
  tag: (id: string) => `tag${id}`,
  list: (id: string) => `list${id}`,
  manager: (id: string) => `manager${id}`,
};
const url = (change: UrlQuery) => ({ ...URL_DEFAULTS, ...change });

describe("an address", () => {
  it("becomes what the API is asked, without what is empty or usual", () => {
    expect(toQuery(URL_DEFAULTS)).toEqual({});
    expect(
      toQuery(
        url({ tier: "3,4", manager: "pool", aum_from: "500000", gender: "F", has_task: "true", page: "2" }),
      ),
    ).toEqual({ tier: [3, 4], pool: true, aum_from: "500000", gender: ["F"], has_task: "true", page: 2 });
    expect(toQuery(url({ manager: "7", sort: "mda" }))).toEqual({ manager: "7", sort: "mda" });
  });

  it("comes back from a kept query, and empties the rest", () => {
    const kept = { tier: [3], pool: true, aum_from: "500000", payroll: false, sort: "-mda", on_list: 9 };
    expect(toUrl(kept)).toEqual(
      url({ tier: "3", manager: "pool", aum_from: "500000", payroll: "false", sort: "-mda", on_list: "9" }),
    );
  });

  it("has a chip for each condition, which empties all that it stands for", () => {
    const set = chips(
      url({ tag: "1,2", aum_from: "5", aum_to: "9", open_date_to: "2026-01-01", payroll: "true" }),
      words,
    );
    expect(set.map(({ names }) => names)).toEqual([
      ["tag"],
      ["aum_from", "aum_to"],
      ["payroll"],
      ["open_date_from", "open_date_to"],
    ]);
    expect(set[1]?.text).toContain("¥5");
    expect(chips(URL_DEFAULTS, words)).toEqual([]);
  });
});
