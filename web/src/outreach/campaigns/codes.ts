export const CAMPAIGN_STATES = ["DRAFT", "REVIEW", "APPROVED", "RUNNING", "PAUSED", "ENDED"] as const;
export const OBJECTIVES = ["KEEP", "GROW", "WIN_BACK", "ACTIVATE", "PRODUCT"] as const;
export const GOALS = ["AUM", "SEGMENT"] as const;
export const HALTS = ["NIGHT", "CONTENT", "SEGMENT", "FEW", "BUDGET"] as const;
export const LOSSES = [
  "EXCLUDED",
  "GOAL",
  "STATUS",
  "RESTRICTED",
  "DND",
  "CONSENT",
  "HELD_OUT",
  "UNKNOWN",
] as const;
export const FUNNEL = [
  "ELIGIBLE",
  "ASKED",
  "SENT",
  "DELIVERED",
  "HANDED",
  "CONTACTED",
  "INTERESTED",
  "DEAL",
  "REACHED",
] as const;
export const PARTS = ["WAITING", "TOUCHED", "REACHED", "HELD_OUT"] as const;
export const FAULTS = [
  "NO_NAME",
  "NO_SEGMENT",
  "NOT_APPROACHABLE",
  "NO_SUCH_SEGMENT",
  "WINDOW_BACKWARDS",
  "WINDOW_OVER",
  "TOO_LONG",
  "NO_TOUCH",
  "TEXT_NOT_APPROVED",
  "TEXT_IS_SERVICE",
  "NO_FIRST_TEXT",
  "SHARES_NOT_100",
  "TEXT_TWICE",
  "VARIANT_NOT_APPROVED",
  "VARIANT_UNLIKE",
  "WAY_NOT_APPROVED",
  "WAY_OF_OTHER_KIND",
  "CHANNEL_TWICE",
  "BANNED_WORD",
  "BUDGET_SMALL",
  "SHARE",
  "NO_GOAL",
  "GOAL_IS_AUDIENCE",
  "NO_AMOUNT",
] as const;
export const VARIANT_STEPS = ["SENT", "DELIVERED", "ANSWERED", "OPTED_OUT", "REACHED"] as const;
/** What the texts that are compared are called. */
export const LETTERS = ["A", "B", "C", "D"] as const;
export const VERDICTS = ["TOO_FEW", "UNEQUAL", "NOT_YET", "BETTER", "WORSE", "NONE"] as const;
/** Shares that may be held out: blocks of twenty. */
export const SHARES = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50];
