/** The rule language as JSON: `docs/rules.md`, `segments/rules/language.py`. */
export const UNITS = ["day", "week", "month", "year"] as const;
export const PERIODS = ["week", "month", "quarter", "year"] as const;
export const MONEY_UNITS = ["CNY", "WAN", "YI"] as const;
export const MEASURES = ["count", "days", "sum", "max", "min"] as const;
export const PEERS = ["outlet", "branch", "tier", "bank"] as const;
export const SIDES = ["top", "bottom"] as const;

export type MoneyUnit = (typeof MONEY_UNITS)[number];
export type Scalar = string | number | boolean;
/** A length of time; `unit` left out means days. */
export interface Span {
  n: number;
  unit?: (typeof UNITS)[number];
}
/** Another field's value, times a factor, plus an amount. */
export interface Other {
  field: string;
  times?: number;
  plus?: number;
}
export type Value = Scalar | Scalar[] | Span | Other | null;
/** A comparison with a value: of a customer's field, of a row's column, of what was counted. */
export interface Test {
  op: string;
  value?: Value;
  unit?: MoneyUnit | null;
}
export interface Filter extends Test {
  field: string;
}
export interface Doing {
  table: string;
  filters?: Filter[];
}
export interface Compare extends Test {
  type: "compare";
  field: string;
}
export interface Behaviour extends Doing, Partial<Test> {
  type: "behaviour";
  measure?: (typeof MEASURES)[number];
  column?: string | null;
  last?: Span | null;
}
export interface Sequence {
  type: "sequence";
  first: Doing;
  then: Doing;
  happens?: boolean;
  within: Span;
  last: Span;
}
export interface Peer {
  type: "peer";
  field: string;
  group?: (typeof PEERS)[number];
  side?: (typeof SIDES)[number];
  percent: number;
}
export interface InSegment {
  type: "segment";
  segment: string;
}
export type Leaf = Compare | Behaviour | Sequence | Peer | InSegment;
/** At the end of an earlier date, or so long ago. */
export type When = string | Span;
export type Condition =
  | Leaf
  | { type: "all" | "any"; of: Condition[] }
  | { type: "not"; of: Condition }
  | { type: "at"; on: When; of: Condition };
export interface Rule {
  version?: 1;
  where: Condition;
}

export const isSpan = (value: unknown): value is Span =>
  typeof value === "object" && value !== null && "n" in value;
export const isOther = (value: unknown): value is Other =>
  typeof value === "object" && value !== null && "field" in value;
