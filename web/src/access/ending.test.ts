import { expect, it } from "vitest";
import { leftOf } from "./ending";

const session = { idle: 900, idle_time: 900, longest: 28_800, warning: 60 };

it("counts from the server's answer when nobody touches the page", () => {
  expect(leftOf(session, 0, -5_000, 840_000).seconds).toBe(60);
});

it("counts from the last touch, and tells the server before it ends the session", () => {
  expect(leftOf(session, 0, 600_000, 840_000)).toEqual({ seconds: 660, last: false, tell: true });
  expect(leftOf(session, 0, 600_000, 700_000).tell).toBe(false);
});

it("knows that no touch helps against the longest time", () => {
  const late = { ...session, longest: 30 };
  expect(leftOf(late, 0, 1_000, 0)).toMatchObject({ seconds: 30, last: true });
});
