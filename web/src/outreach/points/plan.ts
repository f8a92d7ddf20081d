import type { Mission, MissionIn, Reward, RewardIn } from "./api";

const DAY = 86_400_000;
const MONTHS = 3;

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** From tomorrow on for three months of thirty days. `today` as YYYY-MM-DD. */
function windowFrom(today: string) {
  const first = Date.parse(`${today}T00:00:00Z`) + DAY;
  return { starts_on: day(first), ends_on: day(first + (MONTHS * 30 - 1) * DAY) };
}

export const missionOf = (mission: Mission | null, today: string): MissionIn =>
  mission
    ? { name: mission.name, plan: mission.plan }
    : {
        name: "",
        plan: {
          about: "",
          segment: "",
          counts: { type: "SEGMENT", segment: "", event: "" },
          points: 100,
          often: "ONCE",
          budget: 100_000,
          ...windowFrom(today),
        },
      };

export const rewardOf = (reward: Reward | null, today: string): RewardIn =>
  reward
    ? { name: reward.name, plan: reward.plan }
    : { name: "", plan: { about: "", points: 1000, stock: 100, value: "10", ...windowFrom(today) } };
