export const STATES = ["DRAFT", "REVIEW", "RUNNING", "PAUSED", "ENDED"] as const;
export const COUNTED = ["SEGMENT", "EVENT", "HAND"] as const;
export const OFTEN = ["ONCE", "DAY", "MONTH"] as const;
export const ENTRIES = ["AWARD", "SPEND", "EXPIRY", "REVERSAL", "RETURN"] as const;
export const STEPS = ["submit", "withdraw", "pause", "resume", "end"] as const;
export const CHECKS = ["ENTRY", "BALANCE", "LOTS", "USES", "MISSION", "REWARD"] as const;
export const FAULTS = [
  "NO_NAME",
  "BANNED_WORD",
  "NOT_APPROACHABLE",
  "NO_SEGMENT",
  "DEPOSIT_FOR_GIFT",
  "NOT_ENTERABLE",
  "NOTHING_COUNTS",
  "NO_SUCH_EVENT",
  "BUDGET_SMALL",
  "NO_VALUE",
  "TOO_DEAR",
  "NO_STOCK",
  "WINDOW_BACKWARDS",
  "WINDOW_OVER",
  "TOO_LONG",
] as const;
/** Why something can't be done with a customer's points now, as the server says it. */
export const REFUSALS = [
  "CUSTOMER",
  "WINDOW",
  "BY_NIGHT",
  "AUDIENCE",
  "BUDGET",
  "DAILY",
  "EARNED",
  "STOCK",
  "CANCELLED",
  "LATE",
  "REVERSED",
] as const;
