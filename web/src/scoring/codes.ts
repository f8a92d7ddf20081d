/** Reasons by which a manager says that a score is not true. */
export const FEEDBACK = ["HOUSE", "FAMILY", "BUSINESS", "RETURNING", "DATA", "STAYS", "OTHER"] as const;
export const BANDS = ["HIGH", "MEDIUM", "LOW"] as const;
export const STATES = ["STANDING", "ENDED", "SAVED", "LOST"] as const;
export const OUTCOMES = ["OPEN", "SAVED", "LOST", "EXPLAINED"] as const;
export const MODEL_STATES = ["CANDIDATE", "APPROVED", "RELEASED", "RETIRED"] as const;
export const TRAINING_STATES = ["WAITING", "RUNNING", "DONE", "FAILED"] as const;
export const BLOCKED = ["model", "features", "missing", "drift"] as const;
