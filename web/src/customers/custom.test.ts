import { describe, expect, it } from "vitest";
import { customChips, readCustom, withoutField, writeCustom, type ShownField } from "./custom";

const field = (code: string, kind: ShownField["kind"], more: Partial<ShownField> = {}): ShownField => ({
  code,
  kind,
  title: code.toUpperCase(),
  about: "",
  unit: "",
  options: [],
  ...more,
});
const words = {
  t: (key: string, options?: Record<string, unknown>) => [key, ...Object.values(options ?? {})].join(" "),
  date: (day: string) => day,
};

describe("conditions on own fields", () => {
  it("are written one by one, and read back", () => {
    let text = writeCustom(undefined, "income", "from", "30");
    text = writeCustom(text, "hobby", "has", "tea; golf~1");
    text = writeCustom(text, "income", "to", "90");
    expect(readCustom(text)).toEqual(
      new Map([
        ["income", { from: "30", to: "90" }],
        ["hobby", { has: "tea  golf~1" }],
      ]),
    );
    expect(writeCustom(text, "income", "from", "")).toBe("income~to~90;hobby~has~tea  golf~1");
    expect(withoutField(withoutField(text, "income"), "hobby")).toBe("");
    expect(readCustom("nonsense;;~")).toEqual(new Map());
  });

  it("are told by name, unit and option, and each takes away only itself", () => {
    const fields = [
      field("income", "NUMBER", { unit: "万元" }),
      field("pet", "CHOICE", { options: [{ code: "o1", name: "Cat" }] }),
      field("car", "YES_NO"),
    ];
    const told = customChips("income~from~30;pet~is~o1|o9;car~is~false;gone~has~x", fields, words);
    expect(told.map(({ text }) => text)).toEqual([
      "chip.from INCOME 30 万元 ",
      "customers:chip.is PET Catcustomers:commao9",
      "customers:chip.is CAR no",
      "customers:chip.has gone x",
    ]);
    expect(told[0]?.change).toEqual({ custom: "pet~is~o1|o9;car~is~false;gone~has~x" });
  });
});
