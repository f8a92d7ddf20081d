/** Steps of a night in order. */
export const STEPS = [
  "ingest",
  "oneid",
  "features",
  "classify",
  "scores",
  "events",
  "publish",
  "customers",
  "segments",
  "tasks",
] as const;

export const STATUSES = ["RUNNING", "SUCCEEDED", "HELD", "FAILED"] as const;

/** Doubts that a person may overrule; any other reason needs the file again. */
export const RELEASABLE = new Set(["tolerance", "row_swing", "vanished", "total", "empty"]);

/** Why a date is held or failed. */
export const RUN_REASONS = [
  "missing_control",
  "missing_data",
  "control",
  "wrong_file",
  "wrong_date",
  "bytes",
  "hash",
  "rows",
  "sums",
  "total",
  "unstable",
  "header",
  "secret",
  "row_end",
  "encoding",
  "lookup",
  "empty",
  "row_swing",
  "tolerance",
  "vanished",
  "duplicate_key",
  "gap",
  "no_rate",
  "late",
  "disk_full",
  "keys",
  "killed",
  "configuration",
  "error",
] as const;

/** Why a row could not be used. */
export const ROW_REASONS = [
  "column_count",
  "bad_encoding",
  "duplicate_key",
  "unknown_parent",
  "unknown_code",
  "missing",
  "not_int",
  "not_money",
  "not_number",
  "not_date",
  "not_timestamp",
  "not_bool",
  "absurd_amount",
  "negative_amount",
  "absurd_date",
  "too_long",
  "secret",
] as const;
