import type { TFunction } from "i18next";
import { count } from "@/shared/format/numbers";
import type { Effect } from "./api";

type Move = Effect["tiers"][number];

export interface Tally {
  customers: number;
  aum: number;
}

export const moving = (moves: Move[]): Move[] => moves.filter(({ before, after }) => before !== after);

function tally(moves: Move[]): Tally {
  return {
    customers: moves.reduce((sum, { customers }) => sum + customers, 0),
    aum: moves.reduce((sum, { aum }) => sum + Number(aum), 0),
  };
}

/** How many fall, rise, and change their stage, with their AUM. */
export function talliesOf(effect: Effect): { down: Tally; up: Tally; stages: Tally } {
  return {
    down: tally(effect.tiers.filter(({ before, after }) => Number(after) < Number(before))),
    up: tally(effect.tiers.filter(({ before, after }) => Number(after) > Number(before))),
    stages: tally(moving(effect.stages)),
  };
}

/** What a change comes to, in one sentence. `changed`: each number as "name", "new value", to be named if it is one. */
export function sentenceOf(
  t: TFunction,
  money: (amount: number) => string,
  effect: Effect,
  changed: { name: string; value: string }[],
): string {
  const [only] = changed;
  const { down, up, stages } = talliesOf(effect);
  const say = (key: string, { customers, aum }: Tally) =>
    t(`standards:effect.${key}`, { n: count(customers), aum: money(aum) });
  const parts: string[] = [];
  if (down.customers) {
    const kept = effect.kept ? t("standards:effect.kept", { n: count(effect.kept) }) : "";
    parts.push(say("down", down) + kept);
  }
  if (up.customers) parts.push(say("up", up));
  if (stages.customers) parts.push(say("stages", stages));
  const start =
    changed.length === 1 && only
      ? t("standards:effect.ifOne", { ...only })
      : t("standards:effect.ifMany", { n: changed.length });
  const said = parts.length ? parts.join(t("standards:effect.and")) : t("standards:effect.nobody");
  return start + said + t("standards:effect.end");
}
