import type { Schemas } from "@/app/client";

export type Purpose = Schemas["ConsentIn"]["purpose"];
export type Channel = Schemas["ConsentIn"]["channel"];
export type Kind = Schemas["CaseIn"]["kind"];
export type Check = Schemas["VerifyIn"]["how"];

/** What data is used for; each is agreed to by itself. */
export const PURPOSES: Purpose[] = [
  "SERVICE",
  "MARKETING_SMS",
  "MARKETING_CALL",
  "MARKETING_APP",
  "MARKETING_WECOM",
  "MARKETING_EMAIL",
  "PROFILING",
  "SHARE_GROUP",
  "SENSITIVE",
  "RECORDING",
];
export const STATES = ["GRANTED", "WITHDRAWN", "REFUSED", "NONE", "VOID", "CONTRACT"] as const;
export const CHANNELS: Channel[] = ["COUNTER", "APP", "PHONE", "WECOM", "SMS", "EMAIL", "PAPER"];
export const KINDS: Kind[] = ["ACCESS", "COPY", "PORT", "CORRECT", "DELETE", "EXPLAIN", "OBJECT"];
export const STATUSES = ["RECEIVED", "VERIFIED", "DONE", "RESTRICTED", "REFUSED", "WITHDRAWN"] as const;
export const CHECKS: Check[] = ["ID_CARD", "FACE_TO_FACE", "CALL_BACK", "APP_LOGIN", "PROXY_LETTER"];
/** Grounds of a refusal; the last three only hold a deletion. */
export const GROUNDS = [
  "NOT_IDENTIFIED",
  "NOT_HELD",
  "LEGAL_DUTY",
  "OTHERS_RIGHTS",
  "EXCESSIVE",
  "CONTRACT",
  "AML",
  "COMPLAINT",
] as const;
export const REFUSALS = GROUNDS.slice(0, 5);
export const BASES = ["CONTRACT", "DUTY", "CONSENT", "NONE"] as const;
export const ERASES = ["NOW", "DELETE", "CLEAR", "KEEP"] as const;
/** Requests that are answered with a file. */
export const COPIED = new Set<string>(["ACCESS", "COPY", "PORT"]);
