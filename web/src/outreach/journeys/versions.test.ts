import { describe, expect, it } from "vitest";
import type { JourneyDetail, JourneyVersion } from "./types";
import { mayDraw, usual } from "./versions";

const version = (number: number, state: JourneyVersion["state"], in_force = false): JourneyVersion => ({
  number,
  state,
  in_force,
  made_by: "",
  made_at: "",
  decided_by: null,
  decided_at: null,
  reason: "",
  inside: 0,
});

describe("the version that is shown", () => {
  it.each([
    ["what is drawn", [version(2, "DRAFT"), version(1, "APPROVED", true)], 2],
    ["what waits", [version(1, "APPROVED", true), version(2, "PENDING")], 2],
    ["what is in force, not what was refused", [version(2, "REFUSED"), version(1, "APPROVED", true)], 1],
    ["else the newest", [version(1, "REFUSED"), version(2, "WITHDRAWN")], 2],
  ])("is %s", (_, versions, number) => expect(usual(versions)).toBe(number));

  const journey = (number: number, versions: JourneyVersion[], waiting: number | null = null) =>
    ({ may_write: true, waiting, versions, number }) as JourneyDetail;

  it("may be drawn on, but not over another draft, nor while one waits", () => {
    const force = version(1, "APPROVED", true);
    expect(mayDraw(journey(1, [force]))).toBe(true);
    expect(mayDraw(journey(2, [force, version(2, "DRAFT")]))).toBe(true);
    expect(mayDraw(journey(1, [force, version(2, "DRAFT")]))).toBe(false);
    expect(mayDraw(journey(1, [force, version(2, "PENDING")], 2))).toBe(false);
    expect(mayDraw({ ...journey(1, [force]), may_write: false })).toBe(false);
  });
});
