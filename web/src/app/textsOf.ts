import { readdirSync } from "node:fs";
import { join } from "node:path";
import en from "./locales/en";
import zh from "./locales/zh";

type Tree = { [key: string]: string | Tree };
export const SRC = join(import.meta.dirname, "..");
export const PYTHON = join(SRC, "../../src/yinke");
const TEXTS = { zh: zh.resources as unknown as Tree, en: en.resources as unknown as Tree };
export const LANGUAGES = ["zh", "en"] as const;

function flat(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === "string") found.set(at, value);
    else flat(value, at).forEach((text, inner) => found.set(inner, text));
  }
  return found;
}

export const FLAT = { zh: flat(TEXTS.zh), en: flat(TEXTS.en) };

export function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name));
}
