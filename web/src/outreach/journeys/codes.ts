import type { StepType } from "./types";

export const TRIGGERS = ["SEGMENT", "EVENT", "DATE", "MANUAL"] as const;
/** The types of steps by what they are for, as the menu offers them. */
export const STEP_GROUPS = [
  { group: "act", types: ["MESSAGE", "TASK", "TAG", "FIELD"] },
  { group: "wait", types: ["WAIT", "WORKTIME", "AWAIT"] },
  { group: "fork", types: ["CONDITION", "SPLIT", "HOLDOUT"] },
] as const satisfies readonly { group: string; types: readonly StepType[] }[];
export const STEP_TYPES: readonly StepType[] = STEP_GROUPS.flatMap(({ types }): readonly StepType[] => types);
export const CAME = ["SENT", "DELIVERED", "REPLIED"] as const;
export const PRIORITIES = [1, 2, 3] as const;
export const JOURNEY_STATES = ["DRAFT", "RUNNING", "PAUSED", "STOPPED"] as const;
export const JOURNEY_VERSION_STATES = ["DRAFT", "PENDING", "APPROVED", "REFUSED", "WITHDRAWN"] as const;
export const INSIDE_STATES = ["INSIDE", "DONE", "GOAL", "HELD_OUT", "STOPPED"] as const;
export const DRY_ENDS = ["DONE", "GOAL", "HELD_OUT", "CUT"] as const;
/** What stands against submitting a journey. */
export const JOURNEY_FAULTS = [
  "NO_STEPS",
  "NO_TRIGGER_SEGMENT",
  "NO_TRIGGER_EVENT",
  "NO_TRIGGER_DATE",
  "DATE_PAST",
  "SEGMENT_NOT_FOR_OUTREACH",
  "NO_SUCH_SEGMENT",
  "NO_SUCH_EVENT",
  "NO_SUCH_TAG",
  "NO_SUCH_FIELD",
  "VALUE_DOES_NOT_FIT",
  "NO_SUCH_TEMPLATE",
  "TEMPLATE_NOT_APPROVED",
  "OTHERWISE_UNFIT",
  "NO_SUCH_STEP",
  "UNREACHABLE",
  "LOOP_WITHOUT_WAIT",
  "SHARES_NOT_100",
  "NO_WAIT",
  "NOTHING_ASKED",
  "NOT_A_MESSAGE_BEFORE",
  "SAME_ID",
] as const;
export const HINTS = ["NO_CONSENT", "HOLDOUT_WITHOUT_GOAL", "NO_HOLDOUT"] as const;
