import type { RuleField, RuleFields, Rows } from "./api";
import type { Doing, Leaf, Test, Value } from "./rule";

/** 字段目录, by name. */
export interface Catalogue {
  all: RuleFields;
  field: (name: string) => RuleField | undefined;
  rows: (name: string) => Rows | undefined;
}

export function catalogueOf(all: RuleFields): Catalogue {
  const fields = new Map(all.fields.map((field) => [field.name, field]));
  const rows = new Map(all.rows.map((table) => [table.name, table]));
  return { all, field: (name) => fields.get(name), rows: (name) => rows.get(name) };
}

export const column = (rows: Rows | undefined, name: string | null | undefined) =>
  rows?.columns.find((one) => one.name === name);

const NUMBERS = ["money", "int", "number"];
export const isNumber = ({ kind }: RuleField) => NUMBERS.includes(kind);
/** Numbers that can be ranked: a measured one of the customer's, no code and no age. */
export const isRankable = (field: RuleField) =>
  isNumber(field) && field.open && !field.values.length && !["age", "tenure_months"].includes(field.name);

export const NO_VALUE = ["is_true", "is_false", "is_known", "is_unknown"];
export const SPANS = ["in_last", "more_than_ago", "in_next"];
export const LISTS = ["in", "not_in", "under", "has_any", "has_all"];
const ORDER = ["eq", "ne", "lt", "le", "gt", "ge"];

/** How a field is compared when it is first chosen. */
const FIRST: Record<string, string> = { money: "ge", int: "ge", number: "ge", text: "in" };

export function firstTest(field: RuleField): Test {
  const op =
    field.kind === "int" && field.values.length ? "in" : (FIRST[field.kind] ?? field.operators[0] ?? "eq");
  return { op, ...valued(op, undefined), ...(field.kind === "money" ? { unit: "WAN" } : {}) };
}

/** The kinds of value that operators take: what is there is kept if it fits. */
export function shapeOf(op: string): "none" | "span" | "period" | "list" | "pair" | "one" {
  if (NO_VALUE.includes(op)) return "none";
  if (SPANS.includes(op)) return "span";
  if (op === "in_this") return "period";
  if (LISTS.includes(op)) return "list";
  return op === "between" ? "pair" : "one";
}

/** The value for another operator: the same one where it fits, a beginning where none does. */
export function valued(op: string, before: Value | undefined, was?: string): { value?: Value } {
  const shape = shapeOf(op);
  if (shape === "none") return {};
  if (was !== undefined && shapeOf(was) === shape && before !== undefined) return { value: before };
  const first = Array.isArray(before) ? before[0] : typeof before === "object" ? undefined : before;
  if (shape === "span") return { value: { n: 30, unit: "day" } };
  if (shape === "period") return { value: "month" };
  const usable = was !== undefined && ["one", "list", "pair"].includes(shapeOf(was)) ? first : undefined;
  if (shape === "list") return { value: usable === undefined ? [] : [usable] };
  if (shape === "pair") return { value: usable === undefined ? [] : [usable] };
  return usable === undefined ? {} : { value: usable };
}

/** Fields whose value this one can be compared with. */
export function comparable(field: RuleField, op: string, others: RuleField[]): RuleField[] {
  if (!["money", "int"].includes(field.kind) || !ORDER.includes(op)) return [];
  const codes = (one: RuleField) => one.values.map(({ value }) => value).join();
  return others.filter(
    (one) =>
      one.name !== field.name &&
      one.kind === field.kind &&
      one.open === field.open &&
      codes(one) === codes(field),
  );
}

export const journals = (catalogue: Catalogue) => catalogue.all.rows.filter(({ journal }) => journal);

const doing = (rows: Rows | undefined): Doing => ({ table: rows?.name ?? "transaction", filters: [] });

/** What a new condition begins with. `name`: of the field or table; '' for the other kinds. */
export function begun(catalogue: Catalogue, kind: Leaf["type"], name: string): Leaf {
  const field = catalogue.field(name);
  const rows = catalogue.rows(name);
  const [journal] = journals(catalogue);
  if (kind === "behaviour")
    return {
      type: "behaviour",
      ...doing(rows),
      measure: "count",
      op: "ge",
      value: 1,
      ...(rows?.journal ? { last: { n: 30, unit: "day" } } : {}),
    };
  if (kind === "sequence")
    return {
      type: "sequence",
      first: doing(journal),
      then: doing(journal),
      happens: true,
      within: { n: 7, unit: "day" },
      last: { n: 30, unit: "day" },
    };
  if (kind === "peer") return { type: "peer", field: "aum", group: "outlet", side: "top", percent: 10 };
  if (kind === "segment") return { type: "segment", segment: "" };
  return { type: "compare", field: name, ...(field ? firstTest(field) : { op: "eq" }) };
}
