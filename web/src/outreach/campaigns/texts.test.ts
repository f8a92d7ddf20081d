import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FLAT, LANGUAGES, PYTHON } from "@/app/textsOf";
import {
  CAMPAIGN_STATES,
  FAULTS,
  FUNNEL,
  GOALS,
  HALTS,
  LOSSES,
  OBJECTIVES,
  PARTS,
  VARIANT_STEPS,
  VERDICTS,
} from "./codes";

const of = (name: string) => readFileSync(join(PYTHON, `outreach/campaigns/${name}.py`), "utf8");
const quoted = (text = "") => [...text.matchAll(/"([A-Z_0-9]+)"/g)].map(([, code]) => code ?? "");

describe("campaigns have texts", () => {
  it.each<[string, readonly string[]]>([
    ["state", CAMPAIGN_STATES],
    ["objective", OBJECTIVES],
    ["loss", [...LOSSES, "CANCELLED"]],
    ["funnel", [...FUNNEL, "TARGETED"]],
    ["part", PARTS],
    ["goalType", GOALS],
    ["fault", FAULTS],
    ["effect.verdict", VERDICTS],
    ["variants.step", VARIANT_STEPS],
    ["halt", HALTS.flatMap((code) => [`${code}.short`, `${code}.title`, `${code}.hint`])],
  ])("of %s", (group, codes) => {
    for (const language of LANGUAGES)
      for (const code of codes)
        expect(FLAT[language].has(`outreach.campaign.${group}.${code}`), `${group}.${code}`).toBe(true);
  });

  it("for all that the server gives", () => {
    expect(quoted(/HALTS = \(([^)]*)\)/.exec(of("engine"))?.[1])).toEqual([...HALTS]);
    expect(quoted(/LOSSES = \(([^)]*)\)/.exec(of("audience"))?.[1])).toEqual([...LOSSES]);
    expect(quoted(/FUNNEL = \(([^)]*)\)/.exec(of("queries"))?.[1])).toEqual([...FUNNEL]);
    expect(quoted(/Objective = Literal\[([^\]]*)\]/.exec(of("plan"))?.[1])).toEqual([...OBJECTIVES]);
    const given = [...of("plan").matchAll(/fault\("[a-z]+", (.*)\)/g)].flatMap(([, rest]) => quoted(rest));
    given.push(...quoted(/fault\(field, (.*)\)/.exec(of("plan"))?.[1]));
    given.push(...[...of("plan").matchAll(/yield "([A-Z_0-9]+)"/g)].map(([, code]) => code ?? ""));
    expect(new Set(given)).toEqual(new Set(FAULTS));
    expect(quoted(/STEPS: [^=]*= \(([^)]*)\)/.exec(of("effect"))?.[1])).toEqual([...VARIANT_STEPS]);
  });
});
