import { describe, expect, it } from "vitest";
import { addDays, daysBetween, duration, longDate, moment, nextMonday, shortDate, today } from "./dates";
import { axisMoney, exactMoney, shortMoney } from "./money";
import { percent } from "./numbers";

describe("short money in Chinese counts in 万 and 亿", () => {
  it.each([
    ["0.00", "0"],
    ["12.50", "12.50"],
    ["9999.00", "9,999"],
    ["9999.49", "9,999.49"],
    ["9999.50", "1.00万"],
    ["123456.78", "12.35万"],
    ["1234567.00", "123.5万"],
    ["98765432.10", "9,877万"],
    ["99994000.00", "9,999万"],
    ["99995000.00", "1.00亿"],
    ["123456789012.34", "1,235亿"],
    ["-56000.00", "−5.60万"],
  ])("%s is said as %s", (amount, said) => {
    expect(shortMoney(amount, "zh-hans")).toBe(said);
  });
});

describe("short money in English counts in K, M and B", () => {
  it.each([
    ["999.00", "999"],
    ["1000.00", "1.00K"],
    ["999949.00", "999.9K"],
    ["999950.00", "1.00M"],
    ["1234567.00", "1.23M"],
    ["2500000000.00", "2.50B"],
    ["-1500.00", "−1.50K"],
  ])("%s is said as %s", (amount, said) => {
    expect(shortMoney(amount, "en")).toBe(said);
  });

  it("shows the plus of a rise, and none at zero", () => {
    expect(shortMoney("1200", "en", true)).toBe("+1.20K");
    expect(shortMoney("0", "en", true)).toBe("0");
  });
});

it("an axis says no needless zeros", () => {
  expect(axisMoney(150_000, "en")).toBe("150K");
  expect(axisMoney(165_000, "zh-hans")).toBe("16.5万");
  expect(axisMoney(1e8, "zh-hans")).toBe("1亿");
  expect(axisMoney(0, "en")).toBe("0");
  expect(axisMoney(500, "en")).toBe("500");
});

it("exact money keeps every digit of an amount that a float would lose", () => {
  expect(exactMoney("9007199254740993.07")).toBe("9,007,199,254,740,993.07");
  expect(exactMoney("-1234.5")).toBe("−1,234.50");
  expect(exactMoney("0.00", true)).toBe("0.00");
});

describe("dates", () => {
  it("names the weekday, and the year only when it is another one", () => {
    expect(longDate("2026-10-31", "zh-hans", "2026-11-02")).toBe("10月31日（周六）");
    expect(longDate("2025-10-31", "zh-hans", "2026-11-02")).toBe("2025年10月31日（周五）");
    expect(longDate("2026-10-31", "en", "2026-11-02")).toBe("Sat 31 Oct");
    expect(shortDate("2025-01-05", "en", "2026-11-02")).toBe("5 Jan 2025");
  });

  it("today is Shanghai's day, not the browser's", () => {
    expect(today(new Date("2026-03-31T16:30:00Z"))).toBe("2026-04-01");
    expect(today(new Date("2026-03-31T15:59:00Z"))).toBe("2026-03-31");
  });

  it("steps over month ends and leap days", () => {
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
    expect(daysBetween("2026-10-31", "2026-11-03")).toBe(3);
  });

  it("next Monday is never today", () => {
    expect(nextMonday("2026-11-02")).toBe("2026-11-09"); // a Monday
    expect(nextMonday("2026-11-01")).toBe("2026-11-02"); // a Sunday
    expect(nextMonday("2026-11-06")).toBe("2026-11-09"); // a Friday
  });

  it("a moment is spoken in Shanghai time", () => {
    expect(moment("2020-05-01T23:30:00Z", "zh-hans")).toBe("2020年5月2日 07:30");
  });
});

it("a duration says its two largest units", () => {
  expect(duration(4.24, "en")).toBe("4.2 s");
  expect(duration(200, "zh-hans")).toBe("3分20秒");
  expect(duration(7500, "en")).toBe("2 h 5 min");
});

it("a share is a percentage", () => {
  expect(percent(0.8734)).toBe("87.3%");
  expect(percent(-0.05, 0)).toBe("−5%");
});
