import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RELEASABLE } from "@/nightly/codes";
import { ENTRIES } from "./access";
import { FLAT, LANGUAGES, PYTHON, files } from "./textsOf";

describe("the texts follow the server", () => {
  const sources = files(PYTHON, /\.py$/).map((path) => readFileSync(path, "utf8"));
  const all = sources.join("\n");

  it("every error code the server gives has a title and a remedy", () => {
    const codes = new Set([...all.matchAll(/^ {4}code = "(\w+)"/gm)].map(([, code]) => code));
    for (const [, code] of all.matchAll(/"code": "(\w+)"/g)) codes.add(code);
    expect(codes.size).toBeGreaterThan(5);
    for (const code of codes) {
      expect(FLAT.zh.has(`shared.problem.${code}.title`), code).toBe(true);
      expect(FLAT.en.has(`shared.problem.${code}.remedy`), code).toBe(true);
    }
  });

  it("every reason for holding a date has a text", () => {
    const reasons = new Set(
      [...all.matchAll(/Held\(\s*"(\w+)"/g), ...all.matchAll(/hold\("(\w{3,})"/g)].map(([, code]) => code),
    );
    expect(reasons.size).toBeGreaterThan(8);
    for (const code of reasons) expect(FLAT.zh.has(`nightly.reason.${code}.title`), code).toBe(true);
  });

  it("a date may be released for the very reasons that the server lets pass", () => {
    const listed = /RELEASABLE = frozenset\(\{(.*?)\}\)/.exec(all)?.[1] ?? "";
    expect([...RELEASABLE].sort()).toEqual([...listed.matchAll(/"(\w+)"/g)].map(([, code]) => code).sort());
  });

  it("every role, stage, result, channel and transaction kind of the server is known", () => {
    const model = (name: string) => readFileSync(join(PYTHON, name), "utf8");
    // several models have a `Kind`: "Alert.Kind" is the one inside Alert
    const choices = (text: string, path: string) => {
      const [name = "", outer] = path.split(".").reverse();
      const inside = outer
        ? (text.split(new RegExp(`^class ${outer}\\(.*\\):`, "m"))[1]?.split(/^class /m)[0] ?? "")
        : text;
      const body = inside.split(`class ${name}(models.TextChoices):`)[1]?.split(/\n\s*class /)[0] ?? "";
      return [...body.matchAll(/^\s+[A-Z_]+ = "(\w+)", "/gm)].map(([, code]) => code);
    };
    const check = (group: string, codes: (string | undefined)[]) => {
      expect(codes.length, group).toBeGreaterThan(3);
      for (const code of codes) expect(FLAT.zh.has(`${group}.${code}`), `${group}.${code}`).toBe(true);
    };
    check("shared.role", choices(model("access/models.py"), "Role"));
    check("access.alert.kind", choices(model("access/models.py"), "Alert.Kind"));
    check("customers.export.status", choices(model("customers/list_models.py"), "Status"));
    check("care.channel", choices(model("care/models.py"), "Channel"));
    check("care.result", choices(model("care/models.py"), "Result"));
    check("customers.handover.status", choices(model("customers/models.py"), "Status"));
    check("customers.handover.reason", choices(model("customers/models.py"), "Reason"));
    check("customers.handover.conflict", choices(model("customers/models.py"), "Conflict"));
    const quoted = (text: string | undefined) =>
      [...(text ?? "").matchAll(/"([A-Z_]+)"/g)].map(([, code]) => code);
    const exported = /FIELDS: .*? = \{([\s\S]*?)\n\}/.exec(model("customers/export_fields.py"))?.[1] ?? "";
    check(
      "customers.exportField",
      [...exported.matchAll(/^ {4}"(\w+)":/gm)].map(([, name]) => name),
    );
    check("shared.stage", quoted(/STAGES = \(([\s\S]*?)\)/.exec(model("lake/snapshot.py"))?.[1]));
    check(
      "customers.txn",
      quoted(/"kind", "text", "交易类型", "Kind", True, \(([\s\S]*?)\)/.exec(model("lake/tables.py"))?.[1]),
    );
  });

  describe("of what is accounted for", () => {
    const listed = (name: string) => {
      const body = readFileSync(join(PYTHON, "access/queries.py"), "utf8")
        .split(`${name} = (`)[1]
        ?.split(")")[0];
      return [...(body ?? "").matchAll(/"([\w.]+)"/g)].map(([, code]) => code ?? "");
    };
    // audit(viewer, "action", "object", …), audit_job("action", "object", …), AuditEntry.objects.create(action=…)
    const calls = [
      ...all.matchAll(/\baudit(?:_job)?\(\s*(?:viewer,\s*)?([^()]*?),\s*"(\w+)",/g),
      ...all.matchAll(/action=([^()]*?),\s*object_type="(\w+)"/g),
    ];
    const written = calls.flatMap(([, action = ""]) =>
      [...action.matchAll(/"(\w+\.\w+)"/g)].map(([, code]) => code ?? ""),
    );

    it("every action that is written is offered by the filter", () => {
      expect(written.length).toBeGreaterThan(30);
      expect(written.filter((action) => !listed("ACTIONS").includes(action))).toEqual([]);
    });

    it.each(LANGUAGES)("every action and kind of object has a name (%s)", (language) => {
      const nameless = [
        ...listed("ACTIONS").map((action) => `access.audit.action.${action}`),
        ...calls.map(([, , type]) => `access.audit.object.${type}`),
      ].filter((key) => !FLAT[language].has(key));
      expect(nameless).toEqual([]);
    });

    it.each(LANGUAGES)("every code that is given as a reason has a name (%s)", (language) => {
      const codes = (group: string) =>
        [...FLAT[language].keys()].filter((key) => key.startsWith(`${group}.`));
      const nameless = [
        ...[
          "privacy.kind",
          "privacy.channel",
          "privacy.status",
          "privacy.how",
          "customers.relation",
          "oneid.decide",
        ],
        "customers.bulk.kind",
      ]
        .flatMap(codes)
        .map((key) => key.split(".").at(-1) ?? "")
        .filter((code) => !["RECEIVED", "VERIFIED"].includes(code)) // nothing is closed as these
        .filter((code) => !FLAT[language].has(`access.audit.reason.${code}`));
      expect(nameless).toEqual([]);
    });
  });

  it.each(LANGUAGES)("every right has a name (%s)", (language) => {
    const rights = new Set<string>();
    const listed = readFileSync(join(PYTHON, "access/viewer.py"), "utf8").split("SYSTEM, SECURITY")[0] ?? "";
    for (const [, right = ""] of listed.matchAll(/"([a-z]+(?:\.[a-z]+)?)"/g)) rights.add(right);
    expect(rights.size).toBeGreaterThan(30);
    expect([...rights].filter((right) => !FLAT[language].has(`access.right.${right}`))).toEqual([]);
    expect(ENTRIES.map((entry) => entry.right).filter((right) => !rights.has(right))).toEqual([]);
  });

  it.each([
    ["zh", "zh-hans"],
    ["en", "en"],
  ] as const)("event names in the %s filter are those of the reasons", (language, file) => {
    const yaml = readFileSync(join(PYTHON, `care/reasons.${file}.yaml`), "utf8");
    const names = [...yaml.matchAll(/^ {2}([CEHJX]\d\d):\n {4}name: (.+)$/gm)];
    expect(names.length).toBeGreaterThan(10);
    const offered = [...FLAT[language].keys()].filter((key) => key.startsWith("care.event."));
    expect(offered.sort()).toEqual(names.map(([, code]) => `care.event.${code}`).sort());
    for (const [, code, name] of names) {
      expect(FLAT[language].get(`care.event.${code}`)).toBe(name?.trim().replace(/^"|"$/g, ""));
    }
  });
});
