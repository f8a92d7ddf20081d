import { describe, expect, it } from "vitest";
import { FLAT, LANGUAGES } from "@/app/textsOf";
import type { OwnVersion } from "./api";
import { begun, differing, isOf, OWN_CHANNELS, OWN_FAMILIES, OWN_STATES, triedOf } from "./codes";

const version: OwnVersion = {
  ...begun(7, 30),
  name_en: "",
  says_en: "",
  script_zh: "",
  script_en: "",
  name_zh: "大额活期",
  segment: "idle_money",
  segment_name: "活期闲置",
  number: 1,
  state: "APPROVED",
  valid_from: "2026-11-01",
  made_by: "运营",
  made_at: "2026-10-30T02:00:00Z",
  decided_by: "合规",
  decided_at: "2026-10-30T03:00:00Z",
  reason: "",
};

describe("a simulation", () => {
  const draft = { ...begun(7, 30), segment: "idle_money" };

  it("counts only for the settings it was made of", () => {
    expect(isOf(null, draft)).toBe(false);
    expect(isOf(triedOf(draft), draft)).toBe(true);
    expect(isOf(triedOf(draft), { ...draft, quiet_days: 31 })).toBe(false);
    expect(isOf(triedOf(draft), { ...draft, tier_from: 1 })).toBe(false);
    expect(isOf(triedOf(draft), { ...draft, segment: "other" })).toBe(false);
  });

  it("still counts when only words or days of expiry change", () => {
    expect(isOf(triedOf(draft), { ...draft, name_zh: "别的", expire_days: 3, priority: 1 })).toBe(true);
  });
});

it("a version is compared with the one before it, setting by setting", () => {
  expect(differing(version, null).size).toBe(0);
  expect(differing({ ...version, number: 2 }, version).size).toBe(0);
  expect([...differing({ ...version, number: 2, priority: 1, says_zh: "新的" }, version)].sort()).toEqual([
    "priority",
    "says_zh",
  ]);
});

it.each(LANGUAGES)("every channel, family and state has a name (%s)", (language) => {
  const wanted = [
    ...OWN_CHANNELS.map((code) => `care.own.channel.${code}`),
    ...OWN_FAMILIES.map((code) => `care.family.${code}`),
    ...OWN_STATES.map((code) => `care.own.state.${code}`),
  ];
  expect(wanted.filter((key) => !FLAT[language].has(key))).toEqual([]);
});
