/** How far a bank is with something ready, and with a text of it (`outreach/ready/schemas.py`). */
export const READY_STATES = [
  "NEW",
  "TEXTS",
  "REFUSED",
  "READY",
  "DRAFT",
  "PENDING",
  "RUNNING",
  "PAUSED",
] as const;
export const TEXT_STATES = ["NEW", "PENDING", "APPROVED", "REFUSED", "WITHDRAWN"] as const;
