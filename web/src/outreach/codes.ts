export const CHANNELS = ["SMS", "EMAIL", "WECOM", "APP"] as const;
export const KINDS = ["MARKETING", "GREETING", "SERVICE"] as const;
export const VERSION_STATES = ["PENDING", "APPROVED", "REFUSED", "WITHDRAWN"] as const;
export const STATES = ["QUEUED", "SENDING", "SENT", "DELIVERED", "FAILED", "REFUSED", "CANCELLED"] as const;
/** Why a message does not go, as the gate asks (`outreach/gate.py`). */
export const WHYS = [
  "LATE",
  "CONTENT",
  "STATUS",
  "RESTRICTED",
  "NO_ADDRESS",
  "BAD_NUMBER",
  "DEAD_MAILBOX",
  "COMPLAINT",
  "DND",
  "CONSENT",
  "HELD_OUT",
  "SUITABILITY",
  "REFUSED",
  "DEAL",
  "PAUSED",
  "CAP_DAY",
  "CAP_WEEK",
  "CAP_MONTH",
  "CAP_ALL",
  "HOURS",
  "FESTIVAL",
] as const;
/** Why a provider could not be told, or did not deliver; others are shown as the provider gave them. */
export const FAILURES = [
  "NO_PROVIDER",
  "UNREACHABLE",
  "TIMEOUT",
  "NO_ANSWER",
  "NOT_UNDERSTOOD",
  "NOT_DELIVERED",
  "EXPIRED",
  "DELETED",
  "UNDELIV",
  "REJECTD",
  "BLACKLIST",
  "NO_MAILBOX",
  "NOT_LET_IN",
  "NOT_ENCRYPTED",
  "NOT_SENDABLE",
  "NO_CONTACT",
  "NO_SENDER",
  "NOT_CONFIRMED",
  "WECOM_LIMIT",
] as const;
export const FAULTS = [
  "empty",
  "no_subject",
  "long_subject",
  "too_long",
  "unknown_variable",
  "not_for_all",
  "open_brace",
  "own_signature",
  "banned_word",
  "sales_word",
  "foreign_link",
  "personal",
] as const;
export const RISKS = [1, 2, 3, 4, 5] as const;
export const PLAN_STATES = ["PENDING", "RUNNING", "REFUSED", "WITHDRAWN", "STOPPED"] as const;
