import {
  AlertOutlined,
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BellOutlined,
  BranchesOutlined,
  CalendarOutlined,
  CheckSquareOutlined,
  ClockCircleOutlined,
  CoffeeOutlined,
  DatabaseOutlined,
  ExperimentOutlined,
  ExportOutlined,
  FallOutlined,
  FileProtectOutlined,
  FormOutlined,
  FunctionOutlined,
  HeartOutlined,
  HistoryOutlined,
  GiftOutlined,
  InboxOutlined,
  MailOutlined,
  MergeCellsOutlined,
  MessageOutlined,
  NotificationOutlined,
  SafetyCertificateOutlined,
  SafetyOutlined,
  SlidersOutlined,
  SwapOutlined,
  TagsOutlined,
  TeamOutlined,
  UsergroupAddOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";

/** What an entry is for: one's own work, whom to win, when they are cared for, what is said to them, the care of personal data, the running of outlets, the system. */
export type Group = "work" | "market" | "care" | "outreach" | "guard" | "outlets" | "system";

export interface Entry {
  path: string;
  /** The right that opens it, as in `RIGHTS` of the server. */
  right: string;
  /** Key of its name in the app's texts. */
  name: string;
  icon: ComponentType;
  group: Group;
}

/** Who may open which page, in the order of use; the rail, the bottom bar and the routes read it from here. */
export const ENTRIES: Entry[] = [
  { group: "work", path: "/workbench", right: "workbench", name: "nav.workbench", icon: CheckSquareOutlined },
  { group: "work", path: "/customers", right: "customer.read", name: "nav.customers", icon: TeamOutlined },
  { group: "work", path: "/churn", right: "churn.read", name: "nav.churn", icon: FallOutlined },
  { group: "work", path: "/pool", right: "pool.read", name: "nav.pool", icon: InboxOutlined },
  { group: "work", path: "/handovers", right: "handover.make", name: "nav.handovers", icon: SwapOutlined },
  {
    group: "market",
    path: "/segments",
    right: "segment.read",
    name: "nav.segments",
    icon: UsergroupAddOutlined,
  },
  { group: "market", path: "/segments/tags", right: "segment.read", name: "nav.tags", icon: TagsOutlined },
  {
    group: "market",
    path: "/segments/standards",
    right: "standard.read",
    name: "nav.standards",
    icon: SlidersOutlined,
  },
  { group: "market", path: "/effect", right: "effect.read", name: "nav.effect", icon: ExperimentOutlined },
  { group: "market", path: "/models", right: "model.read", name: "nav.models", icon: FunctionOutlined },
  {
    group: "care",
    path: "/care-plans",
    right: "template.read",
    name: "nav.carePlans",
    icon: HeartOutlined,
  },
  {
    group: "care",
    path: "/own-events",
    right: "template.read",
    name: "nav.ownEvents",
    icon: BellOutlined,
  },
  {
    group: "care",
    path: "/journeys",
    right: "template.read",
    name: "nav.journeys",
    icon: BranchesOutlined,
  },
  {
    group: "outreach",
    path: "/campaigns",
    right: "template.read",
    name: "nav.campaigns",
    icon: NotificationOutlined,
  },
  { group: "outreach", path: "/salons", right: "salon.read", name: "nav.salons", icon: CoffeeOutlined },
  { group: "outreach", path: "/points", right: "template.read", name: "nav.points", icon: GiftOutlined },
  {
    group: "outreach",
    path: "/templates",
    right: "template.read",
    name: "nav.templates",
    icon: MessageOutlined,
  },
  { group: "outreach", path: "/messages", right: "message.read", name: "nav.messages", icon: MailOutlined },
  {
    group: "guard",
    path: "/rights-cases",
    right: "rights.work",
    name: "nav.rightsCases",
    icon: SafetyCertificateOutlined,
  },
  { group: "guard", path: "/alerts", right: "alert.read", name: "nav.alerts", icon: AlertOutlined },
  { group: "guard", path: "/audit", right: "audit.read", name: "nav.audit", icon: AuditOutlined },
  {
    group: "guard",
    path: "/policies",
    right: "policy.publish",
    name: "nav.policies",
    icon: FileProtectOutlined,
  },
  {
    group: "guard",
    path: "/catalogue",
    right: "catalogue.read",
    name: "nav.catalogue",
    icon: DatabaseOutlined,
  },
  { group: "outlets", path: "/team", right: "team.read", name: "nav.team", icon: CalendarOutlined },
  { group: "outlets", path: "/branch", right: "branch.read", name: "nav.branch", icon: AppstoreOutlined },
  { group: "outlets", path: "/orgs", right: "org.read", name: "nav.orgs", icon: ApartmentOutlined },
  { group: "outlets", path: "/oneid", right: "oneid.review", name: "nav.oneid", icon: MergeCellsOutlined },
  { group: "outlets", path: "/exports", right: "export.read", name: "nav.exports", icon: ExportOutlined },
  {
    group: "system",
    path: "/custom-fields",
    right: "field.manage",
    name: "nav.customFields",
    icon: FormOutlined,
  },
  { group: "system", path: "/roles", right: "role.read", name: "nav.roles", icon: SafetyOutlined },
  { group: "system", path: "/history", right: "history.read", name: "nav.history", icon: HistoryOutlined },
  {
    group: "system",
    path: "/nightly",
    right: "nightly.read",
    name: "nav.nightly",
    icon: ClockCircleOutlined,
  },
];

export function entriesFor(rights: readonly string[]): Entry[] {
  return ENTRIES.filter((entry) => rights.includes(entry.right));
}

/** Where a person begins: their list of the day or the nights they run, else what they guard, else their first page. */
export function homeFor(rights: readonly string[]): Entry | undefined {
  const entries = entriesFor(rights);
  return (
    entries.find(({ path }) => path === "/workbench") ??
    (rights.includes("nightly.operate") ? entries.find(({ path }) => path === "/nightly") : undefined) ??
    entries.find(({ group }) => group === "guard") ??
    entries[0]
  );
}

/** The entries by what they are for, in their order. */
export function grouped(entries: Entry[]): { group: Group; entries: Entry[] }[] {
  const groups = [...new Set(entries.map(({ group }) => group))];
  return groups.map((group) => ({ group, entries: entries.filter((entry) => entry.group === group) }));
}

/** The entry that an address belongs to: of several that it lies below, the nearest. */
export function entryOf(pathname: string, entries: Entry[]): Entry | undefined {
  return entries
    .filter(({ path }) => pathname === path || pathname.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
}
