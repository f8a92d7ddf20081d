import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FLAT, LANGUAGES, PYTHON } from "@/app/textsOf";
import { RULES } from "./codes";

it("every rule of the gate has a name and says what it does", () => {
  const given = readFileSync(join(PYTHON, "outreach/policy.py"), "utf8");
  const codes = [...given.matchAll(/^ {4}Rule\(\s*"([A-Z_]+)"/gm)].map(([, code]) => code);
  expect(codes).toEqual([...RULES]);
  for (const language of LANGUAGES)
    for (const code of RULES)
      for (const what of ["name", "says"])
        expect(FLAT[language].has(`outreach.policy.rule.${code}.${what}`), `${language} ${code}`).toBe(true);
});
