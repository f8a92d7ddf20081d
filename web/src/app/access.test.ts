import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entriesFor, entryOf, grouped, homeFor } from "./access";
import { PYTHON } from "./textsOf";

const source = readFileSync(join(PYTHON, "access/viewer.py"), "utf8");
const codes = (text = "") => [...text.matchAll(/"([a-z]+(?:\.[a-z]+)?)"/g)].map(([, code]) => code ?? "");
/** What a role may do by default, as the server has it. */
const rightsOf = (role: string) =>
  role === "RM"
    ? codes(/_MANAGER = frozenset\(\{([\s\S]*?)\}\)/.exec(source)?.[1])
    : codes(new RegExp(`"${role}": frozenset\\(\\{([\\s\\S]*?)\\}\\)`).exec(source)?.[1]);

describe("the menu", () => {
  it("is short for a customer manager, the work of the day first", () => {
    const menu = entriesFor(rightsOf("RM")).map(({ path }) => path);
    expect(menu).toEqual(["/workbench", "/customers", "/churn", "/pool", "/handovers", "/salons", "/team"]);
  });

  it.each(["BR_MGR", "RETAIL_MGR", "HQ_OPS", "COMPLIANCE", "AUDITOR", "SEC_ADMIN", "SYS_ADMIN", "CC_AGENT"])(
    "keeps each group of %s together and small",
    (role) => {
      const entries = entriesFor(rightsOf(role));
      expect(entries.length).toBeGreaterThan(0);
      const groups = grouped(entries);
      expect(groups.flatMap((group) => group.entries)).toEqual(entries);
      for (const group of groups) expect(group.entries.length, group.group).toBeLessThanOrEqual(5);
    },
  );

  it.each([
    ["RM", "/workbench"],
    ["BR_MGR", "/workbench"],
    ["HQ_OPS", "/customers"],
    ["COMPLIANCE", "/rights-cases"],
    ["AUDITOR", "/alerts"],
    ["SYS_ADMIN", "/nightly"],
  ])("%s begins at %s", (role, path) => expect(homeFor(rightsOf(role))?.path).toBe(path));

  it.each([
    ["/segments/tags", "/segments/tags"],
    ["/segments/sleeping_rich", "/segments"],
    ["/customers/12", "/customers"],
    ["/segmentsx", undefined],
  ])("marks one entry at %s", (pathname, path) =>
    expect(entryOf(pathname, entriesFor(rightsOf("HQ_OPS")))?.path).toBe(path),
  );

  it("sends nobody without rights anywhere", () => expect(homeFor([])).toBeUndefined());
});
