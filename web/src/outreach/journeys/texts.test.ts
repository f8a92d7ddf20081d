import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FLAT, LANGUAGES, PYTHON } from "@/app/textsOf";
import {
  CAME,
  DRY_ENDS,
  HINTS,
  INSIDE_STATES,
  JOURNEY_FAULTS,
  JOURNEY_STATES,
  JOURNEY_VERSION_STATES,
  STEP_GROUPS,
  STEP_TYPES,
  TRIGGERS,
} from "./codes";

const DEEDS = ["submit", "approve", "withdraw", "pause", "resume", "stop", "enter"];

describe("every code of journeys has a text", () => {
  it.each<[string, readonly string[]]>([
    ["type", STEP_TYPES],
    ["typeHint", STEP_TYPES],
    ["group", STEP_GROUPS.map(({ group }) => group)],
    ["triggerType", TRIGGERS],
    ["triggerHint", TRIGGERS],
    ["came", CAME],
    ["state", JOURNEY_STATES],
    ["versionState", JOURNEY_VERSION_STATES],
    ["list.stateOf", INSIDE_STATES],
    ["dry.end", DRY_ENDS],
    ["fault", [...JOURNEY_FAULTS, ...HINTS]],
    ["deed", [...DEEDS, "refuse"]],
    ["sure", DEEDS],
    ["done", [...DEEDS, "refuse"]],
    ["tab", ["flow", "customers", "effect", "versions"]],
    ["asks", ["segment", "message"]],
    ["waitsFor", ["event", "segment"]],
    ["way", ["yes", "no", "happened", "timeout"]],
    ["effect", ["more", "less", "unsure", "few", "treated", "heldOut"]],
  ])("of %s", (group, codes) => {
    for (const language of LANGUAGES)
      for (const code of codes)
        expect(FLAT[language].has(`outreach.journey.${group}.${code}`), `${group}.${code}`).toBe(true);
  });

  it("that the server gives", () => {
    const of = (name: string) => readFileSync(join(PYTHON, `outreach/journeys/${name}.py`), "utf8");
    const given = new Set(
      [
        ...`${of("check")}${of("queries")}`.matchAll(
          /code="([A-Z_]+)"|return "([A-Z_]+)", |code = "([A-Z_]+)"/g,
        ),
      ].map(([, a, b, c]) => a ?? b ?? c ?? ""),
    );
    expect(given.size).toBeGreaterThan(12);
    expect(
      [...given].filter((code) => ![...JOURNEY_FAULTS, ...HINTS].some((known) => known === code)),
    ).toEqual([]);
  });

  it("and every step of the server is known", () => {
    const source = readFileSync(join(PYTHON, "outreach/journeys/definition.py"), "utf8");
    const types = [...source.matchAll(/type: Literal\["([A-Z]+)"\]$/gm)].map(([, type]) => type);
    expect([...STEP_TYPES].sort()).toEqual(types.sort());
  });
});
