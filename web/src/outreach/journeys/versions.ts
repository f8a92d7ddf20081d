import type { JourneyDetail, JourneyVersion } from "./types";

/** The number of the version that is shown unless another is asked for: what is drawn or waits, else what is in force. */
export function usual(versions: JourneyVersion[]): number | undefined {
  const newest = versions.toSorted((a, b) => b.number - a.number);
  const open = newest.find(({ state }) => state === "DRAFT" || state === "PENDING");
  return (open ?? newest.find(({ in_force }) => in_force) ?? newest[0])?.number;
}

/** Whether the version that is shown may be drawn on: not while one waits, nor over another draft. */
export function mayDraw({ may_write, waiting, versions, number }: JourneyDetail): boolean {
  const draft = versions.find(({ state }) => state === "DRAFT");
  return may_write && waiting === null && (draft === undefined || draft.number === number);
}
