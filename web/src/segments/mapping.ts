import type { RuleGroupType, RuleType } from "react-querybuilder";
import type { Condition, Leaf, Rule, When } from "./rule";

/**
 * The rule as the query builder holds it. Its groups are 且, 或; a group may also be negated and asked of an earlier
 * date. What stands alone below a `not` or `at`, or as the whole rule, is a `bare` group of one.
 */
export interface Group extends RuleGroupType<Line> {
  rules: (Group | Line)[];
  at?: When | undefined;
  bare?: boolean | undefined;
}
/** One condition; all of it is the line's value. */
export type Line = RuleType<string, "=", Leaf>;

export const isGroup = (one: Group | Line): one is Group => "rules" in one;

let made = 0;
const id = () => `c${++made}`;

export const line = (leaf: Leaf): Line => ({ id: id(), field: leaf.type, operator: "=", value: leaf });

export const group = (rules: (Group | Line)[], more: Partial<Group> = {}): Group => ({
  id: id(),
  combinator: "and",
  not: false,
  rules,
  ...more,
});

export const EMPTY = group([]);

/** The rule as a query. */
export function toQuery({ where }: Rule): Group {
  const found = queryOf(where);
  return isGroup(found) ? found : group([found], { bare: true });
}

function queryOf(condition: Condition): Group | Line {
  let inner = condition;
  const more: Partial<Group> = {};
  if (inner.type === "at") {
    more.at = inner.on;
    inner = inner.of;
  }
  if (inner.type === "not") {
    more.not = true;
    inner = inner.of;
  }
  if ("of" in inner && Array.isArray(inner.of))
    return group(inner.of.map(queryOf), { ...more, combinator: inner.type === "all" ? "and" : "or" });
  if (inner === condition && !("of" in inner)) return line(inner);
  return group([queryOf(inner)], { ...more, bare: true });
}

/** Amounts in whole 万元 with that unit, as people write them. `money`: whether a field is an amount. */
export function inWan(query: Group, money: (field: string) => boolean): Group {
  return {
    ...query,
    rules: query.rules.map((one) => (isGroup(one) ? inWan(one, money) : lineInWan(one, money))),
  };
}

function lineInWan(one: Line, money: (field: string) => boolean): Line {
  const { value: leaf } = one;
  if (leaf.type !== "compare" || !money(leaf.field) || (leaf.unit ?? "CNY") !== "CNY") return one;
  const amounts = Array.isArray(leaf.value) ? leaf.value : [leaf.value];
  const whole = (amount: unknown) => typeof amount === "number" && amount !== 0 && amount % 10_000 === 0;
  if (!amounts.length || !amounts.every(whole)) return one;
  const scaled = amounts.map((amount) => Number(amount) / 10_000);
  const value = Array.isArray(leaf.value) ? scaled : (scaled[0] ?? 0);
  return { ...one, value: { ...leaf, unit: "WAN", value } };
}

/** The query as a rule: the inverse of `toQuery`. */
export function toRule(query: Group): Rule {
  return { version: 1, where: conditionOf(query) };
}

export const standsAlone = ({ bare, rules }: Group) => bare === true && rules.length === 1;

function conditionOf(one: Group | Line): Condition {
  if (!isGroup(one)) return one.value;
  const [only] = one.rules;
  let found: Condition =
    only && standsAlone(one)
      ? conditionOf(only)
      : { type: one.combinator === "or" ? "any" : "all", of: one.rules.map(conditionOf) };
  if (one.not) found = { type: "not", of: found };
  if (one.at !== undefined) found = { type: "at", on: one.at, of: found };
  return found;
}

/** Where a group or a condition of the query stands in the rule, as a JSON pointer. Of a group: its outermost part. */
export function placeOf(query: Group, path: number[]): string {
  let place = "/where";
  let here: Group | Line | undefined = query;
  for (const at of path) {
    if (!here || !isGroup(here)) break;
    place = insideOf(here, place) + (standsAlone(here) ? "" : `/of/${at}`);
    here = here.rules[at];
  }
  return place;
}

/** Where the inside of a group stands: beyond its `at` and `not`, and beyond a bare one's. */
export function insideOf(one: Group, place: string): string {
  return place + (one.at === undefined ? "" : "/of") + (one.not ? "/of" : "");
}

/** What stands at a path of the query. */
export const at = (query: Group, path: number[]) =>
  path.reduce<Group | Line | undefined>(
    (here, n) => (here && isGroup(here) ? here.rules[n] : undefined),
    query,
  );

/** The query with the group or condition at a path made into another one, or taken out (null). */
export function changed<T extends Group | Line>(
  query: Group,
  path: number[],
  change: (one: T) => Group | Line | null,
): Group {
  const [at, ...rest] = path;
  if (at === undefined) return (change(query as T) as Group | null) ?? EMPTY;
  const child = query.rules[at];
  if (!child) return query;
  const next = rest.length && isGroup(child) ? changed(child, rest, change) : change(child as T);
  return { ...query, rules: next ? query.rules.with(at, next) : query.rules.toSpliced(at, 1) };
}

/** A condition (and its copies) with ids of their own. */
export function copy(one: Group | Line): Group | Line {
  return isGroup(one) ? { ...one, id: id(), rules: one.rules.map(copy) } : { ...one, id: id() };
}

/** Two rules as one: both hold. */
export function both(query: Group, more: Group): Group {
  if (!query.rules.length) return more;
  const joins = query.combinator === "and" && !query.not && query.at === undefined;
  const added =
    isGroup(more) && more.combinator === "and" && !more.not && more.at === undefined ? more.rules : [more];
  return joins ? { ...query, bare: false, rules: [...query.rules, ...added] } : group([query, ...added]);
}
