import type { Schemas } from "@/app/client";
import type { Chip } from "./filters";

export type ShownField = Schemas["CustomFieldShown"];
export type Way = "from" | "to" | "is" | "has";
/** What is asked of one field, by the way of asking. */
export type Asked = Partial<Record<Way, string>>;

/** Conditions on the bank's own fields as they stand in the address: `income~from~30;hobby~has~tea`. */
export function readCustom(text: string | undefined): Map<string, Asked> {
  const found = new Map<string, Asked>();
  for (const condition of (text ?? "").split(";")) {
    const [code, way, ...value] = condition.split("~");
    if (code && way && value.length) found.set(code, { ...found.get(code), [way]: value.join("~") });
  }
  return found;
}

/** The address with one condition changed; an empty value takes it away. */
export function writeCustom(text: string | undefined, code: string, way: Way, value: string): string {
  const found = readCustom(text);
  found.set(code, { ...found.get(code), [way]: value.replaceAll(";", " ") });
  return [...found]
    .flatMap(([field, asked]) => Object.entries(asked).map(([by, wanted]) => [field, by, wanted] as const))
    .filter(([, , wanted]) => wanted)
    .map((parts) => parts.join("~"))
    .join(";");
}

/** The address without a field. */
export function withoutField(text: string | undefined, code: string): string {
  let left = text ?? "";
  for (const way of ["from", "to", "is", "has"] as const) left = writeCustom(left, code, way, "");
  return left;
}

interface Words {
  t: (key: string, options?: Record<string, unknown>) => string;
  date: (day: string) => string;
}

/** Each field's condition in words. A field that is no longer shown is told by its code. */
export function customChips(text: string | undefined, fields: ShownField[], { t, date }: Words): Chip[] {
  return [...readCustom(text)].map(([code, asked]) => {
    const field = fields.find((each) => each.code === code);
    const name = field?.title ?? code;
    const clear = { names: ["custom"], change: { custom: withoutField(text, code) || undefined } };
    if (asked.has !== undefined)
      return { ...clear, text: t("customers:chip.has", { name, value: asked.has }) };
    if (asked.is !== undefined) {
      const word = (value: string) =>
        field?.kind === "YES_NO"
          ? t(value === "true" ? "yes" : "no")
          : (field?.options.find((option) => option.code === value)?.name ?? value);
      return {
        ...clear,
        text: t("customers:chip.is", {
          name,
          value: asked.is.split("|").map(word).join(t("customers:comma")),
        }),
      };
    }
    const { from, to } = asked;
    const way = from && to ? "between" : from ? "from" : "to";
    const word = (value: string | undefined) =>
      value && (field?.kind === "DATE" ? date(value) : `${value}${field?.unit ? ` ${field.unit}` : ""}`);
    return {
      ...clear,
      text: t(field?.kind === "DATE" ? `chip.date.${way}` : `chip.${way}`, {
        name,
        from: word(from),
        to: word(to),
      }),
    };
  });
}
