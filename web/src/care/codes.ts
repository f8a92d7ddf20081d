/** Channels of a contact, the usual one first. */
export const CHANNELS = ["PHONE", "WECOM", "SMS", "APP", "VISIT", "BRANCH", "EMAIL"] as const;

export const CONNECTED = [
  "INTERESTED",
  "CONSIDER",
  "DEAL",
  "APPOINT",
  "REFUSED",
  "DND_REQUEST",
  "COMPLAINT_RISK",
  "WRONG_PERSON",
] as const;

export const NOT_CONNECTED = ["NO_ANSWER", "BUSY", "OFF", "EMPTY_NUMBER", "HANG_UP"] as const;

/** Results worth a second thought: they silence the customer or the number. */
export const GRAVE = new Set(["DND_REQUEST", "COMPLAINT_RISK", "EMPTY_NUMBER"]);

export const TABS = ["OPEN", "DONE", "OVERFLOW"] as const;
export type Tab = (typeof TABS)[number];
