/** The rules of the gate in its order, as the server names them (`outreach/policy.py`). */
export const RULES = [
  "LATE",
  "CONTENT",
  "STATUS",
  "RESTRICTED",
  "ADDRESS",
  "COMPLAINT",
  "DND",
  "CONSENT",
  "HELD_OUT",
  "SUITABILITY",
  "COOL_OFF",
  "PAUSED",
  "CAPS",
  "HOURS",
] as const;
