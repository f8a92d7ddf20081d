import { Navigate } from "react-router";
import { useMe } from "@/access/api";
import { entriesFor } from "../access";
import { NoPermission } from "../pages/NoPermission";

/** The first page that the person's role opens. */
export function Home() {
  const me = useMe();
  if (!me.data) return null;
  const first = entriesFor(me.data.rights)[0];
  return first ? <Navigate to={first.path} replace /> : <NoPermission />;
}
