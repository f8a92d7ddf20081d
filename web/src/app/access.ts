import {
  AlertOutlined,
  AppstoreOutlined,
  CheckSquareOutlined,
  ClockCircleOutlined,
  ExportOutlined,
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
  { path: "/exports", right: "export.read", name: "nav.exports", icon: ExportOutlined },
  { path: "/alerts", right: "alert.read", name: "nav.alerts", icon: AlertOutlined },
  { path: "/nightly", right: "nightly.read", name: "nav.nightly", icon: ClockCircleOutlined },
];

export function entriesFor(rights: readonly string[]): Entry[] {
  return ENTRIES.filter((entry) => rights.includes(entry.right));
}
