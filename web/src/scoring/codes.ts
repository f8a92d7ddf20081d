/** Reasons by which a manager says that a score is not true. */
export const FEEDBACK = ["HOUSE", "FAMILY", "BUSINESS", "RETURNING", "DATA", "STAYS", "OTHER"] as const;
export const BANDS = ["HIGH", "MEDIUM", "LOW"] as const;
export const STATES = ["STANDING", "ENDED", "SAVED", "LOST"] as const;
export const OUTCOMES = ["OPEN", "SAVED", "LOST", "EXPLAINED"] as const;
export const MODEL_STATES = ["CANDIDATE", "APPROVED", "RELEASED", "RETIRED"] as const;
export const KINDS = ["churn", "value", "product", "text"] as const;
export const BARRED = [
  "MINOR",
  "NO_PRODUCT",
  "NO_ASSESSMENT",
  "EXPIRED",
  "RISK",
  "ELDER",
  "OVERDUE",
] as const;
/** The twelve categories in the bank's order. */
export const CATEGORIES = [
  "DEMAND",
  "TIME",
  "WEALTH",
  "FUND",
  "INSURANCE",
  "METAL",
  "BOND",
  "CREDIT_CARD",
  "CONSUMER_LOAN",
  "MORTGAGE",
  "PAYROLL",
  "SIGNUP",
] as const;
export const LEARNED = ["OFFERED", "FEW", "POOR"] as const;
export const TRAINING_STATES = ["WAITING", "RUNNING", "DONE", "FAILED"] as const;
export const BLOCKED = ["model", "features", "missing", "drift"] as const;
