import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HISTORY_KINDS } from "@/access/historyApi";
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
import { MATTERS } from "@/customers/components/Matters";
import { CONDITIONS } from "@/customers/filters";
import { ROW_REASONS, RUN_REASONS, STATUSES, STEPS } from "@/nightly/codes";
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
import {
  CHANGES,
  KINDS as SEGMENT_KINDS,
  SCHEDULES,
  SCOPES,
  STATUSES as SEGMENT_STATUSES,
  UNMATCHED,
  VERSION_STATUSES,
} from "@/segments/storeApi";
import { TAG_REFRESHES, TAG_TYPES } from "@/segments/tagsApi";
import { MEASURES, MONEY_UNITS, PEERS, PERIODS, SIDES, UNITS } from "@/segments/rule";
import { CHANGE_STATUSES } from "@/standards/api";
import { STAGE_OF } from "@/standards/components/Rules";
import { KINDS as VALUE_KINDS } from "@/standards/values";
import { BANDS, DEEDS, MEASURES as OUTCOMES, STATUSES as EXPERIMENT_STATUSES } from "@/effect/api";
import { ENTRIES } from "./access";
import { FLAT, LANGUAGES, SRC, files } from "./textsOf";

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
    ["customers.matter", MATTERS],
    ["customers.matterHint", MATTERS],
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
    ["segments.kindName", SEGMENT_KINDS],
    ["segments.scope", SCOPES],
    ["segments.status", SEGMENT_STATUSES],
    ["segments.versionStatus", VERSION_STATUSES],
    ["segments.unmatched", UNMATCHED],
    ["segments.schedule", SCHEDULES],
    ["segments.scheduleHint", SCHEDULES],
    ["segments.tagType", TAG_TYPES],
    ["segments.tagRefresh", TAG_REFRESHES],
    ["segments.change", CHANGES],
    ["segments.unit", UNITS],
    ["segments.period", PERIODS],
    ["segments.money", MONEY_UNITS],
    ["segments.measure", MEASURES],
    ["segments.peers", PEERS],
    ["segments.sides", SIDES],
    ["effect.status", EXPERIMENT_STATUSES],
    ["effect.measure", OUTCOMES],
    ["effect.measureHint", OUTCOMES],
    ["effect.sentence.NONE", OUTCOMES],
    ["effect.sentence.NOT_YET", OUTCOMES],
    ["effect.band", BANDS],
    ["effect.deed", DEEDS],
    ["effect.sure", DEEDS],
    ["effect.done", DEEDS],
    ["standards.status", CHANGE_STATUSES],
    ["standards.group", STAGE_OF.map(([group]) => group)],
    ["standards.value", VALUE_KINDS],
    ["standards.unit", VALUE_KINDS],
    ["standards.wrong", VALUE_KINDS],
    ["customers.columnName", Object.keys(COLUMNS)],
    ["customers.bulk.kind", BULK_KINDS],
    ["customers.bulk.done", BULK_KINDS],
    ["customers.bulk.leftOut", LEFT_OUT],
    ["app", ENTRIES.map(({ name }) => name)],
    ["access.history.kind", HISTORY_KINDS],
    ["app.group", ENTRIES.map(({ group }) => group)],
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
