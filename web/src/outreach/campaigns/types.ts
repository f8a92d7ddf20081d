import type { components } from "@/app/schema";

type Schemas = components["schemas"];
export type Campaign = Schemas["CampaignOut"];
export type CampaignDetail = Schemas["CampaignDetail"];
export type CampaignCustomer = Schemas["CampaignCustomer"];
export type CampaignIn = Schemas["CampaignIn"];
export type Choices = Schemas["CampaignChoices"];
export type Estimate = Schemas["CampaignEstimate"];
export type Fault = Schemas["CampaignFault"];
export type Plan = CampaignDetail["plan"];
