import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FLAT, LANGUAGES, PYTHON } from "@/app/textsOf";
import { READY_STATES, TEXT_STATES } from "./codes";

it("every state that the server gives has a text", () => {
  const given = readFileSync(join(PYTHON, "outreach/ready/schemas.py"), "utf8");
  const literal = (name: string) =>
    [...(new RegExp(`${name} = Literal\\[([^\\]]+)\\]`).exec(given)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
      ([, code]) => code,
    );
  expect(literal("ReadyState")).toEqual([...READY_STATES]);
  expect(literal("TextState")).toEqual([...TEXT_STATES]);
  for (const language of LANGUAGES) {
    for (const code of READY_STATES)
      expect(FLAT[language].has(`outreach.ready.state.${code}`), code).toBe(true);
    for (const code of TEXT_STATES)
      expect(FLAT[language].has(`outreach.ready.textState.${code}`), code).toBe(true);
  }
});
