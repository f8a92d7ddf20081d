import type { paths } from "@/app/schema";
import { STAGES, TIERS } from "./codes";

export type CustomerQuery = NonNullable<paths["/api/customers"]["get"]["parameters"]["query"]>;
/** The list's state in the address: everything as text, lists with commas, empty for "not narrowed". */
export type UrlQuery = Record<string, string>;

export const POOL = "pool";
export const RISKS = ["C1", "C2", "C3", "C4", "C5"] as const;
const QUINTILES = ["5", "4", "3", "2", "1"];

export type Kind = "money" | "number" | "date" | "choice" | "yesno";
export interface Condition {
  name: string;
  kind: Kind;
  choices?: readonly string[];
}

/** What the list may be narrowed by beside text, tier, stage, manager, tags and lists; in the form's order. */
export const GROUPS: { name: string; conditions: Condition[] }[] = [
  {
    name: "assets",
    conditions: [
      { name: "aum", kind: "money" },
      { name: "mda", kind: "money" },
      { name: "qda", kind: "money" },
      { name: "yda", kind: "money" },
      { name: "net_month", kind: "money" },
      { name: "net_year", kind: "money" },
      { name: "lum", kind: "money" },
      { name: "categories", kind: "number" },
    ],
  },
  {
    name: "ties",
    conditions: [
      { name: "last_contact", kind: "date" },
      { name: "last_txn", kind: "date" },
      { name: "last_login", kind: "date" },
      { name: "has_task", kind: "yesno" },
      { name: "payroll", kind: "yesno" },
      { name: "effective", kind: "yesno" },
      { name: "rfm_r", kind: "choice", choices: QUINTILES },
      { name: "rfm_f", kind: "choice", choices: QUINTILES },
      { name: "rfm_m", kind: "choice", choices: QUINTILES },
    ],
  },
  {
    name: "person",
    conditions: [
      { name: "age", kind: "number" },
      { name: "gender", kind: "choice", choices: ["F", "M"] },
      { name: "open_date", kind: "date" },
      { name: "risk_level", kind: "choice", choices: RISKS },
      { name: "risk_expiry", kind: "date" },
    ],
  },
];
export const CONDITIONS = GROUPS.flatMap(({ conditions }) => conditions);
const NUMBERS = new Set(["tier", "tag", "rfm_r", "rfm_f", "rfm_m"]);
const LISTS = ["tier", "stage", "tag", ...CONDITIONS.flatMap((c) => (c.kind === "choice" ? [c.name] : []))];
const SINGLE = CONDITIONS.flatMap(({ name, kind }) =>
  kind === "yesno" ? [name] : kind === "choice" ? [] : [`${name}_from`, `${name}_to`],
);
/** Every key that narrows the list. */
export const NARROWING = ["q", ...LISTS, "manager", "org", "on_list", "custom", ...SINGLE];
export const URL_DEFAULTS: UrlQuery = {
  ...Object.fromEntries(NARROWING.map((name) => [name, ""])),
  sort: "-aum",
  page: "1",
  cols: "",
};

/** What the API is asked for an address. */
export function toQuery(url: UrlQuery): CustomerQuery {
  const query: Record<string, unknown> = {};
  for (const name of NARROWING) {
    const text = url[name]?.trim();
    if (!text) continue;
    if (name === "manager" && text === POOL) query.pool = true;
    else if (name === "custom") query.custom = text.split(";");
    else if (LISTS.includes(name))
      query[name] = NUMBERS.has(name) ? text.split(",").map(Number) : text.split(",");
    else query[name] = text;
  }
  if (url.sort && url.sort !== URL_DEFAULTS.sort) query.sort = url.sort;
  if (Number(url.page) > 1) query.page = Number(url.page);
  return query;
}

type Kept = Record<string, string | number | boolean | (string | number)[]>;

/** The address of a query that was kept (a saved view, an export); every other key is emptied. */
export function toUrl(query: Kept): UrlQuery {
  const url: UrlQuery = { ...URL_DEFAULTS };
  for (const [name, value] of Object.entries(query)) {
    if (name === "pool") url.manager = value ? POOL : "";
    else if (name === "custom" && Array.isArray(value)) url.custom = value.join(";");
    else if (name in url) url[name] = Array.isArray(value) ? value.join(",") : String(value);
  }
  return url;
}

/** Whether anything narrows the list. */
export const isNarrowed = (url: UrlQuery) => NARROWING.some((name) => url[name]);

interface Words {
  t: (key: string, options?: Record<string, unknown>) => string;
  money: (amount: string) => string;
  date: (day: string) => string;
  tag: (id: string) => string;
  list: (id: string) => string;
  manager: (id: string) => string;
}

export interface Chip {
  /** What its removal empties. */
  names: string[];
  text: string;
  /** What its removal changes, where that is not to empty. */
  change?: Record<string, string | undefined>;
}

/** The conditions in words, each with what to empty to be rid of it. `q` is the search box's own. */
export function chips(url: UrlQuery, words: Words): Chip[] {
  const { t } = words;
  const found: Chip[] = [];
  const some = (name: string, word: (value: string) => string) => {
    const text = url[name];
    if (text)
      found.push({
        names: [name],
        text: t("customers:chip.is", {
          name: t(`condition.${name}`),
          value: text.split(",").map(word).join(t("customers:comma")),
        }),
      });
  };
  some("tier", (tier) => t(`shared:tier.${tier}`));
  some("stage", (stage) => t(`shared:stage.${stage}`));
  some("manager", (id) => (id === POOL ? t("customers:pool") : words.manager(id)));
  some("tag", words.tag);
  some("on_list", words.list);
  for (const { name, kind } of CONDITIONS) {
    if (kind === "choice") some(name, (choice) => t(`choice.${name}.${choice}`, { defaultValue: choice }));
    else if (kind === "yesno") some(name, (value) => t(value === "true" ? "yes" : "no"));
    else {
      const [from, to] = [url[`${name}_from`], url[`${name}_to`]];
      if (!from && !to) continue;
      const word = kind === "money" ? words.money : kind === "date" ? words.date : (value: string) => value;
      const way = from && to ? "between" : from ? "from" : "to";
      found.push({
        names: [`${name}_from`, `${name}_to`],
        text: t(kind === "date" ? `chip.date.${way}` : `chip.${way}`, {
          name: t(`condition.${name}`),
          from: from && word(from),
          to: to && word(to),
        }),
      });
    }
  }
  return found;
}

export { STAGES, TIERS };
