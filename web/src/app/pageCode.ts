import type { ComponentType } from "react";

type Load = () => Promise<{ Component: ComponentType }>;

/** The code of each page, fetched once: when first opened, or before (`preload`). Without a right: for everybody. */
export const PAGES: { path: string; right?: string; load: Load }[] = [
  { path: "/workbench", right: "workbench", load: () => import("@/care/pages/Workbench") },
  { path: "/customers", right: "customer.read", load: () => import("@/customers/pages/Customers") },
  { path: "/churn", right: "churn.read", load: () => import("@/scoring/pages/Churn") },
  { path: "/models", right: "model.read", load: () => import("@/scoring/pages/Models") },
  { path: "/models/:kind/:number", right: "model.read", load: () => import("@/scoring/pages/Model") },
  { path: "/customers/:id", right: "customer.read", load: () => import("@/customers/pages/Customer") },
  { path: "/segments", right: "segment.read", load: () => import("@/segments/pages/Library") },
  { path: "/segments/new", right: "segment.draw", load: () => import("@/segments/pages/Builder") },
  { path: "/segments/tags", right: "segment.read", load: () => import("@/segments/pages/Tags") },
  { path: "/segments/compare", right: "segment.read", load: () => import("@/segments/pages/Compare") },
  { path: "/segments/groups", right: "segment.draw", load: () => import("@/segments/pages/Groups") },
  { path: "/segments/:code", right: "segment.read", load: () => import("@/segments/pages/Segment") },
  { path: "/segments/:code/edit", right: "segment.draw", load: () => import("@/segments/pages/Builder") },
  { path: "/segments/standards", right: "standard.read", load: () => import("@/standards/pages/Standards") },
  { path: "/custom-fields", right: "field.manage", load: () => import("@/customers/pages/CustomFields") },
  { path: "/care-plans", right: "template.read", load: () => import("@/outreach/pages/CarePlans") },
  { path: "/journeys", right: "template.read", load: () => import("@/outreach/pages/Journeys") },
  { path: "/journeys/:id", right: "template.read", load: () => import("@/outreach/pages/Journey") },
  { path: "/campaigns", right: "template.read", load: () => import("@/outreach/pages/Campaigns") },
  { path: "/salons", right: "salon.read", load: () => import("@/outreach/pages/Salons") },
  { path: "/salons/:id", right: "salon.read", load: () => import("@/outreach/pages/Salon") },
  { path: "/campaigns/:id", right: "template.read", load: () => import("@/outreach/pages/Campaign") },
  { path: "/points", right: "template.read", load: () => import("@/outreach/pages/Points") },
  { path: "/own-events", right: "template.read", load: () => import("@/care/pages/OwnEvents") },
  { path: "/templates", right: "template.read", load: () => import("@/outreach/pages/Templates") },
  { path: "/messages", right: "message.read", load: () => import("@/outreach/pages/Messages") },
  {
    path: "/messages/policy",
    right: "customer.read",
    load: () => import("@/outreach/pages/ContactPolicy"),
  },
  { path: "/effect", right: "effect.read", load: () => import("@/effect/pages/Experiments") },
  { path: "/effect/new", right: "effect.make", load: () => import("@/effect/pages/NewExperiment") },
  { path: "/effect/:id", right: "effect.read", load: () => import("@/effect/pages/Experiment") },
  { path: "/exports", right: "export.read", load: () => import("@/customers/pages/Exports") },
  { path: "/alerts", right: "alert.read", load: () => import("@/access/pages/Alerts") },
  { path: "/branch", right: "branch.read", load: () => import("@/care/pages/Branch") },
  { path: "/oneid", right: "oneid.review", load: () => import("@/oneid/pages/OneId") },
  { path: "/handovers", right: "handover.make", load: () => import("@/customers/pages/Handovers") },
  { path: "/pool", right: "pool.read", load: () => import("@/customers/pages/Pool") },
  { path: "/team", right: "team.read", load: () => import("@/care/pages/Team") },
  { path: "/orgs", right: "org.read", load: () => import("@/care/pages/Orgs") },
  { path: "/roles", right: "role.read", load: () => import("@/access/pages/Roles") },
  { path: "/nightly", right: "nightly.read", load: () => import("@/nightly/pages/Nightly") },
  { path: "/audit", right: "audit.read", load: () => import("@/access/pages/Audit") },
  { path: "/history", right: "history.read", load: () => import("@/access/pages/History") },
  { path: "/security", load: () => import("@/access/pages/Security") },
  { path: "/rights-cases", right: "rights.work", load: () => import("@/privacy/pages/RightsCases") },
  { path: "/policies", right: "policy.publish", load: () => import("@/privacy/pages/Policies") },
  { path: "/catalogue", right: "catalogue.read", load: () => import("@/privacy/pages/Catalogue") },
];

/** Fetch the code of the pages that these rights open, so that going there does not wait for it. */
export async function preload(rights: readonly string[]): Promise<void> {
  const loads: (() => Promise<unknown>)[] = PAGES.filter(({ right }) => right && rights.includes(right)).map(
    ({ load }) => load,
  );
  if (rights.includes("customer.read")) loads.push(() => import("@/shared/components/LineChart"));
  for (const load of loads) await load().catch(() => undefined); // opening the page tries again and says so
}
