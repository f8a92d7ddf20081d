/** What the churn board shows, as its address says. */
export const BOARD = {
  org: "",
  manager: "",
  tier: "",
  band: "",
  state: "STANDING",
  new: "",
  idle: "",
  sort: "at_risk",
  page: "1",
};
export type Board = typeof BOARD;
export type Change = Partial<Record<keyof Board, string | undefined>>;
