import { Navigate } from "react-router";
import { useMe } from "@/access/api";
import { homeFor } from "../access";
import { NoPermission } from "../pages/NoPermission";

/** Where the person begins. */
export function Home() {
  const me = useMe();
  if (!me.data) return null;
  const first = homeFor(me.data.rights);
  return first ? <Navigate to={first.path} replace /> : <NoPermission />;
}
