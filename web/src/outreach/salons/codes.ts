export const SALON_STATES = ["DRAFT", "REVIEW", "OPEN", "OVER", "CANCELLED"] as const;
export const GUEST_STATES = ["INVITED", "COMING", "WAITING", "DECLINED"] as const;
export const PARTS = ["COMING", "WAITING", "INVITED", "DECLINED", "ATTENDED", "ABSENT"] as const;
export const LOSSES = ["STATUS", "RESTRICTED", "DND", "HELD_OUT"] as const;
export const FAULTS = [
  "NO_NAME",
  "NO_THEME",
  "NO_PLACE",
  "WINDOW_BACKWARDS",
  "WINDOW_OVER",
  "CLOSES_LATE",
  "CLOSED_ALREADY",
  "PARTY_LARGE",
  "NO_MATERIALS",
  "TEXT_NOT_APPROVED",
  "BANNED_WORD",
] as const;
