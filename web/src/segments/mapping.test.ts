import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SRC } from "@/app/textsOf";
import {
  both,
  changed,
  copy,
  type Group,
  group,
  inWan,
  isGroup,
  type Line,
  line,
  placeOf,
  toQuery,
  toRule,
} from "./mapping";
import type { Condition, Leaf, Rule } from "./rule";

/** Always the same numbers: mulberry32. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const LEAVES: Leaf[] = [
  { type: "compare", field: "aum", op: "ge", value: 50, unit: "WAN" },
  { type: "compare", field: "aum", op: "lt", value: { field: "aum_30d_ago", times: 0.7, plus: 0 } },
  { type: "compare", field: "mda", op: "between", value: ["49999.99", 500000] },
  { type: "compare", field: "last_login", op: "in_last", value: { n: 30 } },
  { type: "compare", field: "tag", op: "has_all", value: ["1", "2"] },
  { type: "compare", field: "has_wealth", op: "is_false" },
  {
    type: "behaviour",
    table: "transaction",
    last: { n: 14, unit: "day" },
    measure: "sum",
    column: "amount",
    op: "ge",
    value: 50_000,
    filters: [{ field: "direction", op: "eq", value: "OUT" }],
  },
  {
    type: "sequence",
    first: { table: "payroll", filters: [] },
    then: { table: "transaction", filters: [{ field: "own_name", op: "is_true" }] },
    happens: false,
    within: { n: 7 },
    last: { n: 30 },
  },
  { type: "peer", field: "aum", group: "branch", side: "top", percent: 10 },
  { type: "segment", segment: "sleeping_rich" },
];

function made(draw: () => number, size: number): Condition {
  const pick = <T>(of: readonly T[]) => of[Math.floor(draw() * of.length)] as T;
  if (size <= 1) return pick(LEAVES);
  const type = pick(["all", "any", "not", "at"] as const);
  if (type === "not") return { type, of: made(draw, size - 1) };
  if (type === "at")
    return { type, on: pick(["2026-06-30", { n: 1, unit: "month" as const }]), of: made(draw, size - 1) };
  const parts = pick([0, 1, 2, 3]);
  return { type, of: Array.from({ length: parts }, () => made(draw, Math.ceil((size - 1) / parts))) };
}

const draw = draws(20261128);
const RANDOM = Array.from({ length: 1000 }, (_, n): Rule => ({
  version: 1,
  where: made(draw, 1 + (n % 12)),
}));

const pointed = (rule: unknown, place: string) =>
  place
    .split("/")
    .slice(1)
    .reduce<unknown>((here, key) => (here as Record<string, unknown>)[key], rule);

function paths(query: Group, path: number[] = []): number[][] {
  return query.rules.flatMap((one, n) => [[...path, n], ...(isGroup(one) ? paths(one, [...path, n]) : [])]);
}
const reached = (query: Group, path: number[]) =>
  path.reduce<Group | Line>((here, n) => (here as Group).rules[n] as Group | Line, query);

describe("a rule as a query", () => {
  it("loses nothing on the way there and back", () => {
    for (const rule of RANDOM) expect(toRule(toQuery(rule))).toEqual(rule);
  });

  it("loses nothing of the rules in the documents", () => {
    const text = readFileSync(join(SRC, "../../docs/rules.md"), "utf8");
    const rules = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(
      ([, json]) => JSON.parse(json ?? "") as Rule,
    );
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(toRule(toQuery(rule))).toEqual(rule);
  });

  it("knows of each condition where it stands in the rule", () => {
    for (const rule of RANDOM) {
      const query = toQuery(rule);
      for (const path of paths(query)) {
        const here = reached(query, path);
        const found = pointed(rule, placeOf(query, path));
        expect(found).toEqual(isGroup(here) ? toRule(here).where : here.value);
      }
    }
  });

  it("becomes an `all` when a second condition joins one that stood alone", () => {
    const [aum, mda] = [LEAVES[0] as Leaf, LEAVES[2] as Leaf];
    const joined = both(toQuery({ where: aum }), toQuery({ where: mda }));
    expect(toRule(joined).where).toEqual({ type: "all", of: [aum, mda] });
    const turned = both(
      toQuery({ where: { type: "not", of: aum } }),
      toQuery({ where: { type: "all", of: [mda] } }),
    );
    expect(toRule(turned).where).toEqual({ type: "all", of: [{ type: "not", of: aum }, mda] });
  });

  it("writes whole 万元 as such, and nothing but amounts", () => {
    const where: Condition = {
      type: "any",
      of: [
        { type: "compare", field: "aum", op: "between", value: [200_000, 500_000] },
        { type: "compare", field: "aum", op: "ge", value: 12_345 },
        { type: "compare", field: "txns_90d", op: "ge", value: 10_000 },
      ],
    };
    const told = toRule(inWan(toQuery({ where }), (field) => field === "aum")).where;
    expect(told).toEqual({
      ...where,
      of: [
        { type: "compare", field: "aum", op: "between", unit: "WAN", value: [20, 50] },
        ...where.of.slice(1),
      ],
    });
  });

  it("is changed in one place only, and copies have ids of their own", () => {
    const [aum, mda] = [LEAVES[0] as Leaf, LEAVES[2] as Leaf];
    const query = group([line(aum), group([line(mda), line(aum)], { combinator: "or" })]);
    const without = changed(query, [1, 1], () => null);
    expect(toRule(without).where).toEqual({ type: "all", of: [aum, { type: "any", of: [mda] }] });
    expect(without.rules[0]).toBe(query.rules[0]);
    const twin = copy(query) as Group;
    expect(toRule(twin)).toEqual(toRule(query));
    const ids = paths(twin).map((path) => reached(twin, path).id);
    expect(ids).not.toContain(query.rules[0]?.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
