import type { Plan, SalonDetail, SalonIn } from "./types";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7;
/** China keeps one time all year. */
const AHEAD = 8 * HOUR;

/** A moment as the clock in Shanghai shows it: YYYY-MM-DDTHH:mm. */
export function wall(at: string): string {
  return new Date(Date.parse(at) + AHEAD).toISOString().slice(0, 16);
}

/** The moment at which the clock in Shanghai shows it. */
export function moment(shown: string): string {
  return `${shown.slice(0, 16)}:00+08:00`;
}

/** An empty plan: in two weeks, in the afternoon; answers until the day before. `now` in ms. */
export function emptyPlan(now: number): Plan {
  const first = new Date(now + AHEAD + 2 * WEEK * DAY).toISOString().slice(0, 10);
  const before = new Date(now + AHEAD + (2 * WEEK - 1) * DAY).toISOString().slice(0, 10);
  return {
    theme: "",
    place: "",
    starts_at: moment(`${first}T14:30`),
    ends_at: moment(`${first}T16:30`),
    closes_at: moment(`${before}T18:00`),
    seats: 20,
    waiting: 10,
    party: 2,
    speaker: "",
    materials: "",
    risk: null,
    template: null,
    follow_days: [1, 3, 7],
    budget: "0",
  };
}

/** A salon as it is edited. */
export const draftOf = ({ name, host_id, plan }: SalonDetail): SalonIn => ({ name, host_id, plan });
