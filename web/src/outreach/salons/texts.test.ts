import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FLAT, LANGUAGES, PYTHON } from "@/app/textsOf";
import { FAULTS, GUEST_STATES, LOSSES, PARTS, SALON_STATES } from "./codes";
import { emptyPlan, moment, wall } from "./plan";

const of = (name: string) => readFileSync(join(PYTHON, `outreach/salons/${name}.py`), "utf8");
const quoted = (text = "") => [...text.matchAll(/"([A-Z_]+)"/g)].map(([, code]) => code ?? "");

describe("salons have texts", () => {
  it.each<[string, readonly string[]]>([
    ["salon.state", SALON_STATES],
    ["salon.part", [...GUEST_STATES, ...PARTS]],
    ["salon.loss", LOSSES],
    ["salon.fault", FAULTS],
    ["timeline", [...GUEST_STATES, "ATTENDED"].map((code) => `SALON_${code}`)],
  ])("of %s", (group, codes) => {
    for (const language of LANGUAGES)
      for (const code of codes)
        expect(FLAT[language].has(`outreach.${group}.${code}`), `${group}.${code}`).toBe(true);
  });

  it("for all that the server gives", () => {
    expect(quoted(/SalonState = Literal\[([^\]]*)\]/.exec(of("schemas"))?.[1])).toEqual([...SALON_STATES]);
    expect(quoted(/GuestState = Literal\[([^\]]*)\]/.exec(of("schemas"))?.[1])).toEqual([...GUEST_STATES]);
    expect(quoted(/why: Literal\[([^\]]*)\]/.exec(of("schemas"))?.[1])).toEqual([...LOSSES]);
    const codes = [...of("plan").matchAll(/fault\((?:"[a-z_]+"|field), "([A-Z_]+)"/g)].map(
      ([, code]) => code,
    );
    expect(new Set(codes)).toEqual(new Set(FAULTS));
  });
});

describe("the clock in Shanghai", () => {
  it("is shown and read alike wherever the browser stands", () => {
    expect(wall("2026-11-10T06:30:00Z")).toBe("2026-11-10T14:30");
    expect(moment("2026-11-10T14:30")).toBe("2026-11-10T14:30:00+08:00");
  });

  it("gives an empty plan in two weeks whose answers close the day before", () => {
    const plan = emptyPlan(Date.parse("2026-11-30T17:00:00Z")); // already December there
    expect(plan.starts_at).toBe("2026-12-15T14:30:00+08:00");
    expect(plan.closes_at).toBe("2026-12-14T18:00:00+08:00");
  });
});
