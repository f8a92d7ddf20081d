import { MINUS } from "./money";

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** A share as a percentage, e.g. 0.873 → 87.3%. */
export function percent(value: number, digits = 1): string {
  const text = `${Math.abs(value * 100).toFixed(digits)}%`;
  return value < 0 ? MINUS + text : text;
}
