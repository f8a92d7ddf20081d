/** The page's lists, in the order of the work. */
export const TABS = ["open", "owners", "splits", "later", "persons", "history"] as const;
export type Tab = (typeof TABS)[number];

/** Why two customers are, or may be, one person: as in `common/identity/judge.py`, and a person's word. */
export const RULES = ["K1", "K1H", "K2", "K3", "SAME"] as const;

export const VERDICTS = ["SAME", "DIFFERENT", "LATER"] as const;

export const FIELDS = ["name", "cert_type", "cert", "mobile", "birth", "gender"] as const;

export const AGREES = ["SAME", "ALIKE", "DIFFERENT", "UNKNOWN"] as const;

export const PAGE_SIZE = 20;
