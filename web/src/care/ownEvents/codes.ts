import type { OwnDraft, OwnVersion, Tried } from "./api";

export const OWN_CHANNELS = ["PHONE", "VISIT", "WECOM", "SMS"] as const;
export const OWN_FAMILIES = [
  "CARE",
  "FLOW",
  "MATURITY",
  "PAYROLL",
  "TIER",
  "ACTIVITY",
  "LOAN",
  "SERVICE",
  "NEW",
  "CHURN",
] as const;
export const OWN_STATES = ["PENDING", "APPROVED", "REFUSED", "WITHDRAWN"] as const;
export const PRIORITIES = [1, 2, 3] as const;

/** An event as it is begun. */
export function begun(expireDays: number, quietDays: number): OwnDraft {
  return {
    name_zh: "",
    name_en: "",
    says_zh: "",
    says_en: "",
    script_zh: "",
    script_en: "",
    segment: "",
    family: "CARE",
    channel: "PHONE",
    priority: 2,
    expire_days: expireDays,
    quiet_days: quietDays,
    tier_from: 0,
  };
}

/** A version as the draft of the next one. */
export function drafted(version: OwnVersion): OwnDraft {
  const { name_zh, name_en, says_zh, says_en, script_zh, script_en, segment, family, channel } = version;
  const { priority, expire_days, quiet_days, tier_from } = version;
  return {
    ...{ name_zh, name_en, says_zh, says_en, script_zh, script_en, segment, family, channel },
    ...{ priority, expire_days, quiet_days, tier_from },
  };
}

/** What a simulation of a draft asks. */
export function triedOf({ segment, tier_from, quiet_days }: OwnDraft | OwnVersion): Tried {
  return { segment, tier_from, quiet_days };
}

/** Whether a simulation was of these very settings: another segment, tier or interval wants another one. */
export function isOf(tried: Tried | null, draft: OwnDraft): boolean {
  const now = triedOf(draft);
  return (
    tried !== null &&
    tried.segment === now.segment &&
    tried.tier_from === now.tier_from &&
    tried.quiet_days === now.quiet_days
  );
}

/** Which settings a version has otherwise than the one before it. */
export function differing(version: OwnVersion, before: OwnVersion | null): Set<keyof OwnDraft> {
  if (before === null) return new Set();
  const [now, then] = [drafted(version), drafted(before)];
  return new Set((Object.keys(now) as (keyof OwnDraft)[]).filter((name) => now[name] !== then[name]));
}
