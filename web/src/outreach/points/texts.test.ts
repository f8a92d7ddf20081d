import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FLAT, LANGUAGES, PYTHON } from "@/app/textsOf";
import { CHECKS, COUNTED, ENTRIES, FAULTS, OFTEN, REFUSALS, STATES, STEPS } from "./codes";

const of = (name: string) => readFileSync(join(PYTHON, `outreach/points/${name}.py`), "utf8");
const quoted = (text = "") => [...text.matchAll(/"([A-Z_]+)"/g)].map(([, code]) => code ?? "");

describe("points have texts", () => {
  it.each<[string, readonly string[]]>([
    ["state", STATES],
    ["counted", COUNTED],
    ["counts", COUNTED],
    ["often", OFTEN],
    ["entry", ENTRIES],
    ["timeline", ENTRIES],
    ["fault", FAULTS],
    ["check", CHECKS],
    ["refusal", REFUSALS],
    ["deed", STEPS],
    ["sure", [...STEPS, "approve"]],
    ["done", [...STEPS, "approve", "refuse", "save"]],
  ])("of %s", (group, codes) => {
    for (const language of LANGUAGES)
      for (const code of codes)
        expect(FLAT[language].has(`outreach.points.${group}.${code}`), `${group}.${code}`).toBe(true);
  });

  it("for all that the server gives", () => {
    const plan = of("plan");
    const given = [...plan.matchAll(/_fault\(\s*("[a-z]+"|field),([\s\S]*?)\)/g)].flatMap(([, , rest]) =>
      quoted(rest),
    );
    expect(new Set(given)).toEqual(new Set(FAULTS));
    expect(quoted(/Often = Literal\[([^\]]*)\]/.exec(plan)?.[1])).toEqual([...OFTEN]);
    expect(quoted(/Counted = Literal\[([^\]]*)\]/.exec(plan)?.[1])).toEqual([...COUNTED]);
    const refused = [...of("counter").matchAll(/PointsRefused\([\s\S]*?place="([A-Z_]+)"/g)].map(
      ([, at]) => at,
    );
    expect(new Set(refused)).toEqual(new Set(REFUSALS));
    expect([...of("ledger").matchAll(/^ {4}"([A-Z]+)": """/gm)].map(([, code]) => code)).toEqual([...CHECKS]);
    expect(quoted(/EntryKind = Literal\[([^\]]*)\]/.exec(of("schemas"))?.[1])).toEqual([...ENTRIES]);
  });
});
