import type { TFunction } from "i18next";

/** Actions whose reason the system wrote itself: counts and plain words, none of them a person's. */
const BY_ITSELF =
  /^(audit|export\.make|keys|retention|rights\.(open|read)|policy|customer\.(search|lookup)|pool\.(unserved|idle)|segment\.(change|approve))/;
/** Actions at the door: their reasons are those of 账号安全. */
const AT_THE_DOOR = /^(session|second_factor)\./;

/** Why something was done: codes by their names, a person's own words as they are. */
export function auditReason(t: TFunction, action: string, reason: string): string {
  const named = (key: string, otherwise: string) => t(key, { defaultValue: otherwise });
  const word = (code: string) => {
    const bare = code.replace(/:$/, ""); // of a request for rights: "GRANT 0001001 BR_MGR: why"
    if (AT_THE_DOOR.test(action)) return named(`access:why.${bare}`, code);
    if (/^(audit|history)\.search$/.test(action) && bare.includes("=")) {
      const [name = "", value = ""] = bare.split("=");
      const texts: Record<string, string> = { action: "access:audit.action", kind: "access:history.kind" };
      const said = texts[name] ? named(`${texts[name]}.${value}`, value) : value;
      return [named(`access:audit.word.${name}`, name), name === "by_system" ? "" : said].join(" ").trim();
    }
    if (BY_ITSELF.test(action) && /^[a-z]+$/.test(bare)) return named(`access:audit.word.${bare}`, code);
    if (action.startsWith("role.") && /^[a-z]+(\.[a-z]+)?:$/.test(code))
      return `${named(`access:right.${bare}`, bare)}:`;
    if (!/^[A-Z][A-Z_]+:?$/.test(code)) return code;
    const name = named(`access:audit.reason.${bare}`, named(`shared:role.${bare}`, bare));
    return code.endsWith(":") ? `${name}:` : name;
  };
  const said =
    action === "oneid.lead" ? reason.replace(/^each his own/, t("access:audit.word.each_his_own")) : reason;
  return said.split(" ").map(word).join(" ");
}
