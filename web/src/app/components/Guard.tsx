import { Outlet } from "react-router";
import { useMe } from "@/access/api";
import { NoPermission } from "../pages/NoPermission";

/** Shows a page only to who holds its right; the API holds the same line. */
export function Guard({ right }: { right: string }) {
  const me = useMe();
  if (!me.data) return null; // the shell shows the waiting
  return me.data.rights.includes(right) ? <Outlet /> : <NoPermission />;
}
