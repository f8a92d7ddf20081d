import {
  AlertOutlined,
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  CalendarOutlined,
  CheckSquareOutlined,
  ClockCircleOutlined,
  DatabaseOutlined,
  ExportOutlined,
  FileProtectOutlined,
  InboxOutlined,
  MergeCellsOutlined,
  SafetyCertificateOutlined,
  SafetyOutlined,
  SwapOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";

export interface Entry {
  path: string;
  /** The right that opens it, as in `RIGHTS` of the server. */
  right: string;
  /** Key of its name in the app's texts. */
  name: string;
  icon: ComponentType;
}

/** Who may open which page; the rail, the bottom bar and the routes read it from here. */
export const ENTRIES: Entry[] = [
  { path: "/workbench", right: "workbench", name: "nav.workbench", icon: CheckSquareOutlined },
  { path: "/customers", right: "customer.read", name: "nav.customers", icon: TeamOutlined },
  { path: "/branch", right: "branch.read", name: "nav.branch", icon: AppstoreOutlined },
  { path: "/oneid", right: "oneid.review", name: "nav.oneid", icon: MergeCellsOutlined },
  { path: "/handovers", right: "handover.make", name: "nav.handovers", icon: SwapOutlined },
  { path: "/pool", right: "pool.read", name: "nav.pool", icon: InboxOutlined },
  { path: "/team", right: "team.read", name: "nav.team", icon: CalendarOutlined },
  { path: "/orgs", right: "org.read", name: "nav.orgs", icon: ApartmentOutlined },
  { path: "/roles", right: "role.read", name: "nav.roles", icon: SafetyOutlined },
  { path: "/exports", right: "export.read", name: "nav.exports", icon: ExportOutlined },
  { path: "/alerts", right: "alert.read", name: "nav.alerts", icon: AlertOutlined },
  { path: "/nightly", right: "nightly.read", name: "nav.nightly", icon: ClockCircleOutlined },
  { path: "/audit", right: "audit.read", name: "nav.audit", icon: AuditOutlined },
  { path: "/rights-cases", right: "rights.work", name: "nav.rightsCases", icon: SafetyCertificateOutlined },
  { path: "/policies", right: "policy.publish", name: "nav.policies", icon: FileProtectOutlined },
  { path: "/catalogue", right: "catalogue.read", name: "nav.catalogue", icon: DatabaseOutlined },
];

export function entriesFor(rights: readonly string[]): Entry[] {
  return ENTRIES.filter((entry) => rights.includes(entry.right));
}
