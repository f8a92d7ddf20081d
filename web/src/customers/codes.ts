/** Tier ranks, best first. */
export const TIERS = [5, 4, 3, 2, 1, 0] as const;

/** Lifecycle stages: those that need somebody first. */
export const STAGES = [
  "CHURN_ALERT",
  "LOST",
  "NEW",
  "GROWING",
  "MATURE",
  "STABLE",
  "WIN_BACK",
  "DORMANT",
  "CLOSED",
] as const;

/** Parts of AUM, in the order of the snapshot's `mix`. */
export const KINDS = [
  "DEMAND",
  "TIME",
  "WEALTH",
  "FUND",
  "INSURANCE",
  "METAL",
  "BOND",
  "SECURITIES",
] as const;

export const TRANSACTION_KINDS = [
  "TRANSFER",
  "CASH",
  "PAYMENT",
  "PAYROLL",
  "INTEREST",
  "FEE",
  "MATURITY",
  "PURCHASE",
  "REDEMPTION",
  "LOAN_DRAWDOWN",
  "LOAN_REPAYMENT",
  "AUTO_DEBIT",
  "AUTO_RENEWAL",
  "SELF_TRANSFER",
  "HOUSE",
  "TAX",
  "SECURITIES",
  "OTHER",
] as const;

export const TRANSACTION_CHANNELS = ["COUNTER", "APP", "ATM", "POS", "WEB", "QUICKPAY", "BATCH"] as const;

/** Why customers change hands. */
export const HANDOVER_REASONS = [
  "LEAVE",
  "TRANSFER",
  "TIER_UP",
  "CUSTOMER",
  "CAPACITY",
  "COMPLAINT",
] as const;
export const HANDOVER_STATES = [
  "DRAFT",
  "SUBMITTED",
  "ACCEPTED",
  "APPROVED",
  "EFFECTIVE",
  "REJECTED",
  "WITHDRAWN",
] as const;
export const HANDOVER_CONFLICTS = ["MOVED_MEANWHILE", "IN_ANOTHER", "PROTECTED", "CLOSED"] as const;
