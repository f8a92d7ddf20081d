/** A day of a month's page: its date, and whether it belongs to that month. */
export interface Day {
  date: string;
  inside: boolean;
}

export interface Bar<Row> {
  row: Row;
  /** Column of the week, 1 to 7, Monday first. */
  from: number;
  days: number;
  /** It began in an earlier week, or goes on in a later one. */
  before: boolean;
  after: boolean;
  /** Line within the week, from 0. */
  line: number;
}

export interface Week<Row> {
  days: Day[];
  bars: Bar<Row>[];
}

interface Window {
  starts_on: string;
  ends_on: string;
}

const DAYS = 7;
const MS = 86_400_000;
const at = (day: string) => Date.parse(`${day}T00:00:00Z`);
const said = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The month before or after: "2026-01", -1 → "2025-12". */
export function monthFrom(month: string, by: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** Weeks of a month, Monday first, each with the campaigns that are on in it: one above the other, none across another. */
export function weeksOf<Row extends Window>(month: string, rows: readonly Row[]): Week<Row>[] {
  const first = at(`${month}-01`);
  const next = at(`${monthFrom(month, 1)}-01`);
  const monday = first - ((new Date(first).getUTCDay() + 6) % DAYS) * MS;
  const ordered = rows.toSorted(
    (a, b) => a.starts_on.localeCompare(b.starts_on) || b.ends_on.localeCompare(a.ends_on),
  );
  const weeks: Week<Row>[] = [];
  for (let start = monday; start < next; start += DAYS * MS) {
    const days = Array.from({ length: DAYS }, (_, n) => start + n * MS);
    weeks.push({
      days: days.map((ms) => ({ date: said(ms), inside: ms >= first && ms < next })),
      bars: barsOf(ordered, start),
    });
  }
  return weeks;
}

function barsOf<Row extends Window>(rows: readonly Row[], start: number): Bar<Row>[] {
  const last = start + (DAYS - 1) * MS;
  const free: number[] = []; // of each line, the column from which on it is free
  const bars: Bar<Row>[] = [];
  for (const row of rows) {
    const [begins, ends] = [at(row.starts_on), at(row.ends_on)];
    if (begins > last || ends < start || ends < begins) continue;
    const from = Math.round((Math.max(begins, start) - start) / MS) + 1;
    const days = Math.round((Math.min(ends, last) - Math.max(begins, start)) / MS) + 1;
    let line = free.findIndex((column) => column <= from);
    if (line < 0) line = free.length;
    free[line] = from + days;
    bars.push({ row, from, days, before: begins < start, after: ends > last, line });
  }
  return bars;
}

/** Campaigns that are on in a month, by their first day. */
export function inMonth<Row extends Window>(month: string, rows: readonly Row[]): Row[] {
  const [first, next] = [`${month}-01`, `${monthFrom(month, 1)}-01`];
  return rows
    .filter(({ starts_on, ends_on }) => starts_on < next && ends_on >= first)
    .toSorted((a, b) => a.starts_on.localeCompare(b.starts_on));
}
