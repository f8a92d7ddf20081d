import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type Mission = Schemas["MissionOut"];
export type Reward = Schemas["RewardOut"];
export type MissionIn = Schemas["MissionIn"];
export type RewardIn = Schemas["RewardIn"];
export type Choices = Schemas["PointsChoices"];
export type Row = Schemas["PointsRow"];
export type Points = Schemas["CustomerPoints"];
export type Kind = "mission" | "reward";
export type Step = "submit" | "withdraw" | "pause" | "resume" | "end";

const POINTS = ["points"];

export function useMissions() {
  return useQuery({
    queryKey: [...POINTS, "missions"],
    queryFn: ({ signal }) => body(client.GET("/api/points/missions", { signal })),
  });
}

export function useRewards() {
  return useQuery({
    queryKey: [...POINTS, "rewards"],
    queryFn: ({ signal }) => body(client.GET("/api/points/rewards", { signal })),
  });
}

/** What a plan may name: nothing that speaks of deposits. */
export function usePointsChoices() {
  return useQuery({
    queryKey: [...POINTS, "choices"],
    queryFn: ({ signal }) => body(client.GET("/api/points/choices", { signal })),
    staleTime: 60_000,
  });
}

/** The ledger of the whole bank, and whether its books hold. */
export function useLedger() {
  return useQuery({
    queryKey: [...POINTS, "summary"],
    queryFn: ({ signal }) => body(client.GET("/api/points/summary", { signal })),
  });
}

function useChanged() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: POINTS });
}

export function useSaveMission() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, mission }: { id: number | null; mission: MissionIn }) =>
      id === null
        ? body(client.POST("/api/points/missions", { body: mission }))
        : body(
            client.PUT("/api/points/missions/{mission_id}", {
              params: { path: { mission_id: id } },
              body: mission,
            }),
          ),
    onSuccess: changed,
  });
}

export function useSaveReward() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, reward }: { id: number | null; reward: RewardIn }) =>
      id === null
        ? body(client.POST("/api/points/rewards", { body: reward }))
        : body(
            client.PUT("/api/points/rewards/{reward_id}", {
              params: { path: { reward_id: id } },
              body: reward,
            }),
          ),
    onSuccess: changed,
  });
}

export function useStep(kind: Kind, id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (step: Step) =>
      body(
        client.POST("/api/points/{plan_kind}/{plan_id}/steps/{plan_step}", {
          params: { path: { plan_kind: kind, plan_id: id, plan_step: step } },
        }),
      ),
    onSettled: changed,
  });
}

/** Approve what was read (its digest), or refuse it with the reason. */
export function useDecision(kind: Kind, id: number) {
  const changed = useChanged();
  const params = { path: { plan_kind: kind, plan_id: id } };
  return useMutation({
    mutationFn: ({ digest, reason }: { digest: string; reason: string }) =>
      reason
        ? body(client.POST("/api/points/{plan_kind}/{plan_id}/refuse", { params, body: { reason } }))
        : body(client.POST("/api/points/{plan_kind}/{plan_id}/approve", { params, body: { digest } })),
    onSettled: changed,
  });
}

const of = (id: number) => ({ path: { customer_id: id } });

export function useCustomerPoints(id: number) {
  return useQuery({
    queryKey: ["customer", id, "points"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/customers/{customer_id}/points", { params: of(id), signal })),
  });
}

/** Something done with a customer's points: everything that the page shows of them is asked anew. */
function useDeed<Asked>(id: number, deed: (asked: Asked) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: deed,
    onSettled: () => queries.invalidateQueries({ queryKey: ["customer", id] }),
  });
}

export const useRedeem = (id: number) =>
  useDeed(id, (asked: Schemas["RedeemIn"]) =>
    body(client.POST("/api/customers/{customer_id}/points/redeem", { params: of(id), body: asked })),
  );

export const useAward = (id: number) =>
  useDeed(id, (asked: Schemas["AwardIn"]) =>
    body(client.POST("/api/customers/{customer_id}/points/award", { params: of(id), body: asked })),
  );

export const useUndo = (id: number) =>
  useDeed(id, ({ row, reason }: { row: Row; reason: string }) =>
    row.redemption
      ? body(
          client.POST("/api/redemptions/{redemption_id}/cancel", {
            params: { path: { redemption_id: row.redemption.id } },
            body: { reason },
          }),
        )
      : body(
          client.POST("/api/points/entries/{entry_id}/reverse", {
            params: { path: { entry_id: row.id } },
            body: { reason },
          }),
        ),
  );
