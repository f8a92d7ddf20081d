import type { components } from "@/app/schema";

type Schemas = components["schemas"];
export type Salon = Schemas["SalonOut"];
export type SalonDetail = Schemas["SalonDetail"];
export type SalonIn = Schemas["SalonIn"];
export type Plan = SalonIn["plan"];
export type Fault = Schemas["SalonFault"];
export type Guest = Schemas["SalonGuestOut"];
export type Invited = Schemas["InvitedOut"];
export type Choices = Schemas["SalonChoices"];
export type Part = NonNullable<
  NonNullable<
    import("@/app/schema").paths["/api/salons/{salon_id}/guests"]["get"]["parameters"]["query"]
  >["part"]
>;
