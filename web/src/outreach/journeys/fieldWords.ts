import type { ChangeField, FieldChoice } from "./types";

type Value = NonNullable<ChangeField["value"]>;
interface Words {
  yes: string;
  no: string;
  and: string;
  day: (day: string) => string;
}

/** A value of a field in words: options by their names, a number with its unit; null: nobody has said which. */
export function fieldWords(field: FieldChoice | undefined, value: Value | null, words: Words): string | null {
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return null;
  const named = (code: string) => field?.options.find((option) => option.code === code)?.name ?? code;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (Array.isArray(value)) return value.map(named).join(words.and);
  if (field?.kind === "DATE" && typeof value === "string") return words.day(value);
  if (typeof value === "number")
    return `${value.toLocaleString("en-US", { maximumFractionDigits: 6 })} ${field?.unit ?? ""}`.trim();
  return named(value);
}
