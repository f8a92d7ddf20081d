import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { speak } from "@/app/i18n";
import { shortMoney } from "@/shared/format/money";
import type { Effect, Standard } from "./api";
import { sentenceOf } from "./effect";
import { differencesOf, fieldsOf, figureOf, fromInput, scaleOf, toInput, valuesOf } from "./values";

const of = (code: string, unit: string, value: Standard["value"]): Standard => ({
  code,
  name: code,
  unit,
  value,
  valid_from: "2000-01-01",
  owner: "",
  source: "",
  next_value: null,
  next_from: null,
});
const FLOORS = of("tier.floors", "CNY of monthly average, by rank from 0", [0, 10_000, 500_000]);
const SHARE = of("lost.share", "share of the base", 0.2);

describe("values", () => {
  it("sends only what differs, the floors as a whole, nothing while a field is empty", () => {
    const both = [FLOORS, SHARE];
    expect(valuesOf(both, { "tier.floors/2": 600_000, "lost.share": 0.2 })).toEqual({
      "tier.floors": [0, 10_000, 600_000],
    });
    expect(valuesOf(both, { "lost.share": null })).toBeNull();
  });

  it("writes large amounts in 万 and shares in percent, and reads them back unchanged", () => {
    const [, , floor] = fieldsOf(FLOORS);
    const [share] = fieldsOf(SHARE);
    if (!floor || !share) throw new Error("no fields");
    expect(toInput(floor.value, scaleOf(floor, "zh-hans"))).toBe(50);
    expect(toInput(floor.value, scaleOf(floor, "en"))).toBe(500_000);
    expect(fromInput(7, scaleOf(share, "en"))).toBe(0.07);
    expect(figureOf(0.07, "share", "en")).toBe("7%");
  });

  it("tells a change number by number", () =>
    expect(differencesOf({ "tier.floors": [0, 1, 2] }, { "tier.floors": [0, 1, 3] })).toEqual([
      { code: "tier.floors", rank: 2, before: 2, after: 3 },
    ]));
});

describe("the effect in a sentence", () => {
  beforeAll(() => speak("zh-hans"));
  const money = (amount: number) => shortMoney(amount, "zh-hans");
  const effect = (tiers: Effect["tiers"], kept: number): Effect => ({
    biz_date: "2026-10-31",
    values: {},
    customers: 9,
    tiers,
    stages: [],
    orgs: [],
    kept,
  });
  const one = [{ name: "金葵花下限", value: "60万元" }];

  it("says who falls, and who of them is kept; who stays does not count", () => {
    const tiers = [
      { before: "3", after: "2", customers: 1204, aum: "820000000.00" },
      { before: "3", after: "3", customers: 7, aum: "1.00" },
    ];
    expect(sentenceOf(i18next.t, money, effect(tiers, 980), one)).toBe(
      "若金葵花下限改为60万元，1,204 位客户的测算等级将下降，涉及 AUM 8.20亿，其中 980 位在保级期内，服务等级暂不变。",
    );
  });

  it("says that nobody moves", () =>
    expect(sentenceOf(i18next.t, money, effect([], 0), one)).toBe(
      "若金葵花下限改为60万元，没有客户的等级或阶段会变。",
    ));
});
