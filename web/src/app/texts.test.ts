import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import i18next from "i18next";
import { describe, expect, it } from "vitest";
import { CHANNELS, CONNECTED, NOT_CONNECTED, TABS } from "@/care/codes";
import {
  HANDOVER_CONFLICTS,
  HANDOVER_REASONS,
  HANDOVER_STATES,
  KINDS,
  STAGES,
  TIERS,
  TRANSACTION_CHANNELS,
  TRANSACTION_KINDS,
} from "@/customers/codes";
import { COLUMNS } from "@/customers/columns";
import { BULK_KINDS, LEFT_OUT } from "@/customers/components/BulkDialog";
import { CONDITIONS } from "@/customers/filters";
import { RELEASABLE, ROW_REASONS, RUN_REASONS, STATUSES, STEPS } from "@/nightly/codes";
import { AGREES, FIELDS, RULES, TABS as LISTS, VERDICTS } from "@/oneid/codes";
import {
  BASES,
  CHANNELS as CONSENT_CHANNELS,
  CHECKS,
  ERASES,
  GROUNDS,
  KINDS as CASE_KINDS,
  PURPOSES,
  STATES,
  STATUSES as CASE_STATUSES,
} from "@/privacy/codes";
import { Problem, problemText } from "@/shared/problem";
import { ENTRIES } from "./access";
import { speak } from "./i18n";
import en from "./locales/en";
import zh from "./locales/zh";

type Tree = { [key: string]: string | Tree };
const SRC = join(import.meta.dirname, "..");
const PYTHON = join(SRC, "../../src/yinke");
const TEXTS = { zh: zh.resources as unknown as Tree, en: en.resources as unknown as Tree };
const LANGUAGES = ["zh", "en"] as const;

function flat(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === "string") found.set(at, value);
    else flat(value, at).forEach((text, inner) => found.set(inner, text));
  }
  return found;
}

const FLAT = { zh: flat(TEXTS.zh), en: flat(TEXTS.en) };

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name));
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe("both languages", () => {
  it("have the same texts", () => {
    expect([...FLAT.zh.keys()].sort()).toEqual([...FLAT.en.keys()].sort());
  });

  it("fill the same places in each text", () => {
    for (const [key, text] of FLAT.zh) {
      const other = FLAT.en.get(key) ?? "";
      const known = new Set([...placeholders(text), ...placeholders(other)]);
      // one language may leave a place out (a unit, a plural), never ask for one the other does not know
      expect(known.size, key).toBeLessThanOrEqual(
        Math.max(placeholders(text).length, placeholders(other).length),
      );
    }
  });

  it("have no empty text", () => {
    for (const language of LANGUAGES) {
      for (const [key, text] of FLAT[language]) expect(text.trim(), `${language} ${key}`).not.toBe("");
    }
  });

  it("stay themselves: no Chinese in English texts, no English sentence in Chinese ones", () => {
    const switches = new Set(["access.otherLanguage", "app.prefs.language", "app.prefs.otherLanguage"]);
    for (const [key, text] of FLAT.en)
      if (!switches.has(key)) expect(text, key).not.toMatch(/[\u4e00-\u9fff]/);
    for (const [key, text] of FLAT.zh) {
      if (!switches.has(key))
        expect(text.replace(/\{\{.*?\}\}/g, ""), key).not.toMatch(/[A-Za-z]+ [A-Za-z]+ [A-Za-z]+/);
    }
  });
});

describe("every code has a text", () => {
  const groups: [group: string, codes: readonly (string | number)[]][] = [
    ["care.channel", CHANNELS],
    ["care.result", [...CONNECTED, ...NOT_CONNECTED]],
    ["care.tab", TABS],
    ["care.priority", [1, 2, 3]],
    ["shared.tier", TIERS],
    ["shared.stage", STAGES],
    ["shared.stageRule", STAGES],
    ["customers.kind", KINDS],
    ["customers.txn", TRANSACTION_KINDS],
    ["customers.txnChannel", TRANSACTION_CHANNELS],
    ["customers.handover.reason", HANDOVER_REASONS],
    ["customers.handover.status", HANDOVER_STATES],
    ["customers.handover.conflict", HANDOVER_CONFLICTS],
    ["nightly.step", STEPS],
    ["nightly.status", STATUSES],
    ["nightly.rowReason", ROW_REASONS],
    ["oneid.tab", LISTS],
    ["oneid.rule", RULES],
    ["oneid.decide", VERDICTS],
    ["oneid.decided", VERDICTS],
    ["oneid.field", FIELDS],
    ["oneid.agrees", AGREES],
    ["privacy.purpose", PURPOSES],
    ["privacy.state", STATES],
    ["privacy.channel", CONSENT_CHANNELS],
    ["privacy.kind", CASE_KINDS],
    ["privacy.status", CASE_STATUSES],
    ["privacy.how", CHECKS],
    ["privacy.ground", GROUNDS],
    ["privacy.basis", BASES],
    ["privacy.erase", ERASES],
    [
      "customers.condition",
      ["tier", "stage", "manager", "tag", "on_list", ...CONDITIONS.map(({ name }) => name)],
    ],
    ["customers.columnName", Object.keys(COLUMNS)],
    ["customers.bulk.kind", BULK_KINDS],
    ["customers.bulk.done", BULK_KINDS],
    ["customers.bulk.leftOut", LEFT_OUT],
    ["app", ENTRIES.map(({ name }) => name)],
  ];
  it.each(groups)("of %s", (group, codes) => {
    for (const language of LANGUAGES) {
      for (const code of codes) expect(FLAT[language].has(`${group}.${code}`), `${group}.${code}`).toBe(true);
    }
  });

  it("of why a run is held", () => {
    for (const code of RUN_REASONS) {
      expect(FLAT.zh.has(`nightly.reason.${code}.title`), code).toBe(true);
      expect(FLAT.en.has(`nightly.reason.${code}.remedy`), code).toBe(true);
    }
  });
});

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
    const choices = (text: string, name: string) => {
      const body = text.split(`class ${name}(models.TextChoices):`)[1]?.split(/\n\s*class /)[0] ?? "";
      return [...body.matchAll(/^\s+[A-Z_]+ = "(\w+)", "/gm)].map(([, code]) => code);
    };
    const check = (group: string, codes: (string | undefined)[]) => {
      expect(codes.length, group).toBeGreaterThan(3);
      for (const code of codes) expect(FLAT.zh.has(`${group}.${code}`), `${group}.${code}`).toBe(true);
    };
    check("shared.role", choices(model("access/models.py"), "Role"));
    check("access.alert.kind", choices(model("access/models.py"), "Kind"));
    check("customers.export.status", choices(model("customers/list_models.py"), "Status"));
    check("care.channel", choices(model("care/models.py"), "Channel"));
    check("care.result", choices(model("care/models.py"), "Result"));
    check("customers.handover.status", choices(model("customers/models.py"), "Status"));
    check("customers.handover.reason", choices(model("customers/models.py"), "Reason"));
    check("customers.handover.conflict", choices(model("customers/models.py"), "Conflict"));
    const rights = model("access/viewer.py").split("RIGHTS")[1]?.split(/^}/m)[0] ?? "";
    check(
      "access.right",
      [...rights.matchAll(/"([a-z]+(?:\.[a-z]+)?)"/g)].map(([, right]) => right),
    );
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

  it.each([
    ["zh", "zh-hans"],
    ["en", "en"],
  ] as const)("event names in the %s filter are those of the reasons", (language, file) => {
    const yaml = readFileSync(join(PYTHON, `care/reasons.${file}.yaml`), "utf8");
    const names = [...yaml.matchAll(/^ {2}(E\d\d):\n {4}name: (.+)$/gm)];
    expect(names.length).toBeGreaterThan(10);
    const offered = [...FLAT[language].keys()].filter((key) => key.startsWith("care.event."));
    expect(offered.sort()).toEqual(names.map(([, code]) => `care.event.${code}`).sort());
    for (const [, code, name] of names) {
      expect(FLAT[language].get(`care.event.${code}`)).toBe(name?.trim().replace(/^"|"$/g, ""));
    }
  });
});

describe("the code", () => {
  const sources = files(SRC, /\.tsx?$/).filter((path) => !/\.test\.|schema\.d/.test(path));

  it("asks for no text that does not exist", () => {
    for (const path of sources) {
      const code = readFileSync(path, "utf8");
      const spaces = /useTranslation\((\[.*?\]|".*?")\)/.exec(code)?.[1]?.match(/\w+/g) ?? ["shared"];
      for (const [, key] of code.matchAll(/\bt\(\s*"([\w.:/?]+)"/g)) {
        if (!key) continue;
        const [space, name] = key.includes(":") ? key.split(":") : [spaces[0], key];
        expect(FLAT.zh.has(`${space}.${name}`), `${path}: ${key}`).toBe(true);
      }
    }
  });
});

describe("a refusal is read in one's own language", () => {
  const problem = (code: string, place = "", message = "server words") =>
    new Problem(400, { code, message, place, remedy: "" });

  it("by its code", async () => {
    await speak("zh-hans");
    expect(problemText(problem("wrong_password"), i18next.t).title).toBe("员工号或密码不对");
    await speak("en");
    expect(problemText(problem("wrong_password"), i18next.t).title).toBe("Staff number or password is wrong");
  });

  it("with the server's words when the code is new", async () => {
    await speak("en");
    const text = problemText(problem("brand_new"), i18next.t);
    expect(text.detail).toBe("server words");
    expect(text.remedy).not.toBe("");
  });

  it("says that nothing was lost when the network fails, and offers to try again", async () => {
    await speak("zh-hans");
    const text = problemText(
      new Problem(0, { code: "network", message: "", place: "", remedy: "" }),
      i18next.t,
    );
    expect(text.remedy).toMatch(/没有丢/);
    expect(text.retry).toBe(true);
  });

  it("also when a proxy answers with a page instead of JSON", async () => {
    const answer = await Problem.from(new Response("<html>", { status: 502 }));
    expect(answer.code).toBe("server");
    expect(answer.status).toBe(502);
  });
});
