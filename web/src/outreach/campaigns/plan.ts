import type { CampaignDetail, CampaignIn } from "./types";

export type Draft = CampaignIn["plan"];

const WEEKS = 4;
const DAY = 86_400_000;

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** An empty plan: it begins tomorrow and is on for four weeks. `today` as YYYY-MM-DD. */
export function emptyPlan(today: string): Draft {
  const first = Date.parse(`${today}T00:00:00Z`) + DAY;
  return {
    objective: "KEEP",
    about: "",
    segment: "",
    exclude: [],
    starts_on: day(first),
    ends_on: day(first + (WEEKS * 7 - 1) * DAY),
    by_hand: false,
    template: null,
    template_share: 100,
    variants: [],
    otherwise: [],
    leads: null,
    offer: "",
    budget: "0",
    message_cost: "0.05",
    lead_cost: "0",
    holdout: 10,
    holdout_least: 100,
    goal: { type: "AUM", segment: "", amount: "10000", days: 30 },
  };
}

type Variant = NonNullable<Draft["variants"]>[number];

/** Equal shares of so many texts: whole percents that sum to 100, the first ones get what is left over. */
function evenShares(many: number): number[] {
  const each = Math.floor(100 / many);
  return Array.from({ length: many }, (_, n) => each + (n < 100 - each * many ? 1 : 0));
}

/** The plan with these texts compared with the first, all shares even; without any the first goes to everybody. */
export function compared(variants: readonly Variant[]): Pick<Draft, "template_share" | "variants"> {
  const [first = 100, ...others] = evenShares(variants.length + 1);
  return {
    template_share: first,
    variants: variants.map((one, n) => ({ ...one, share: others[n] ?? one.share })),
  };
}

/** A campaign as it is edited. */
export const draftOf = (campaign: CampaignDetail): CampaignIn => ({
  name: campaign.name,
  plan: campaign.plan,
});

/** The day in Shanghai, YYYY-MM-DD. */
export function todayOf(now: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(now);
}
