import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/app/client";
import type { CampaignIn } from "./types";

const CAMPAIGNS = ["campaigns"];
const LIVE = 30_000;
const of = (id: number) => ({ path: { campaign_id: id } });

export function useCampaigns() {
  return useQuery({
    queryKey: CAMPAIGNS,
    queryFn: ({ signal }) => body(client.GET("/api/campaigns", { signal })),
    refetchInterval: LIVE,
  });
}

/** What a plan may name. */
export function useCampaignChoices() {
  return useQuery({
    queryKey: [...CAMPAIGNS, "choices"],
    queryFn: ({ signal }) => body(client.GET("/api/campaigns/choices", { signal })),
    staleTime: 60_000,
  });
}

export function useCampaign(id: number, live: boolean) {
  return useQuery({
    queryKey: [...CAMPAIGNS, id],
    queryFn: ({ signal }) => body(client.GET("/api/campaigns/{campaign_id}", { params: of(id), signal })),
    enabled: id > 0,
    refetchInterval: live ? LIVE : false,
    refetchOnWindowFocus: live, // what is edited stays what it was edited on
  });
}

/** What would become of a plan today. */
export function useEstimate(campaign: CampaignIn) {
  return useQuery({
    queryKey: [...CAMPAIGNS, "estimate", campaign],
    queryFn: ({ signal }) => body(client.POST("/api/campaigns/estimate", { body: campaign, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

export function useCampaignCustomers(id: number, part: string, page: number) {
  return useQuery({
    queryKey: [...CAMPAIGNS, id, "customers", part, page],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/campaigns/{campaign_id}/customers", {
          params: { ...of(id), query: { part, page } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

function useChanged() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: CAMPAIGNS });
}

export function useSaveCampaign() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, campaign }: { id: number | null; campaign: CampaignIn }) =>
      id === null
        ? body(client.POST("/api/campaigns", { body: campaign }))
        : body(client.PUT("/api/campaigns/{campaign_id}", { params: of(id), body: campaign })),
    onSuccess: changed,
  });
}

export type Deed = "submit" | "withdraw" | "start" | "pause" | "resume" | "end";

export function useCampaignDeed(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (deed: Deed) => body(client.POST(`/api/campaigns/{campaign_id}/${deed}`, { params: of(id) })),
    onSettled: changed,
  });
}

/** Approve what was read (its digest), or refuse it with the reason. */
export function useCampaignDecision(id: number) {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ digest, reason }: { digest: string; reason: string }) =>
      reason
        ? body(client.POST("/api/campaigns/{campaign_id}/refuse", { params: of(id), body: { reason } }))
        : body(client.POST("/api/campaigns/{campaign_id}/approve", { params: of(id), body: { digest } })),
    onSettled: changed,
  });
}
