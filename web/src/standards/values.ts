import { axisMoney } from "@/shared/format/money";
import type { Language } from "@/shared/preferences";
import type { Standard, Values } from "./api";

const WAN = 10_000;
const PERCENT = 0.01;

export const KINDS = ["CNY", "share", "days", "months", "categories"] as const;
export type Kind = (typeof KINDS)[number];

/** What a threshold's number counts: the first word of its unit ("share of the base"). */
export const kindOf = (unit: string): Kind =>
  KINDS.find((kind) => unit.split(" ", 1)[0] === kind) ?? "categories";

/** One number that can be set: a threshold, or of the tiers' floors the one of a rank. */
export interface Field {
  key: string;
  code: string;
  rank: number | null;
  kind: Kind;
  value: number;
  next: number | null;
}

/** What is being written, by field, in the units of the API; null: emptied. */
export type Draft = Record<string, number | null>;

export function fieldsOf({ code, unit, value, next_value: next }: Standard): Field[] {
  const kind = kindOf(unit);
  if (!Array.isArray(value))
    return [{ key: code, code, rank: null, kind, value, next: typeof next === "number" ? next : null }];
  return value.map((floor, rank) => ({
    key: `${code}/${rank}`,
    code,
    rank,
    kind,
    value: floor,
    next: Array.isArray(next) ? (next[rank] ?? null) : null,
  }));
}

/** In what a field is written: 万 for larger amounts in Chinese, percent for shares, else as it is. */
export function scaleOf({ kind, value }: Field, language: Language): number {
  if (kind === "share") return PERCENT;
  return kind === "CNY" && language === "zh-hans" && value >= WAN ? WAN : 1;
}

export const toInput = (value: number, scale: number): number => Number((value / scale).toFixed(6));
export const fromInput = (value: number, scale: number): number => Number((value * scale).toFixed(4));

/** The thresholds that the draft makes others; null while a field is empty. */
export function valuesOf(standards: Standard[], draft: Draft): Values | null {
  const values: Values = {};
  for (const standard of standards) {
    const fields = fieldsOf(standard);
    const written = fields.map(({ key, value }) => (key in draft ? (draft[key] ?? null) : value));
    if (written.includes(null)) return null;
    const whole = written as number[];
    if (fields.every(({ value }, at) => value === whole[at])) continue;
    values[standard.code] = Array.isArray(standard.value) ? whole : (whole[0] ?? 0);
  }
  return values;
}

export interface Difference {
  code: string;
  rank: number | null;
  before: number;
  after: number;
}

/** Number by number what a change makes other. */
export function differencesOf(before: Values, after: Values): Difference[] {
  return Object.entries(after).flatMap(([code, value]): Difference[] => {
    const was = before[code];
    if (!Array.isArray(value))
      return [{ code, rank: null, before: typeof was === "number" ? was : value, after: value }];
    return value
      .map((after, rank) => ({
        code,
        rank,
        before: Array.isArray(was) ? (was[rank] ?? after) : after,
        after,
      }))
      .filter((one) => one.before !== one.after);
  });
}

/** A number as it is written in a line: 60万, 20%, 180; its unit's word is the page's. */
export function figureOf(value: number, kind: Kind, language: Language): string {
  if (kind === "CNY") return axisMoney(value, language);
  if (kind === "share") return `${toInput(value, PERCENT)}%`;
  return value.toLocaleString("en-US");
}
