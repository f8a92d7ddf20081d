import { createBrowserRouter, Outlet, type RouteObject } from "react-router";
import { Crash } from "./components/Crash";
import { Guard } from "./components/Guard";
import { Home } from "./components/Home";
import { Shell } from "./components/Shell";
import { PAGES } from "./pageCode";
import { NotFound } from "./pages/NotFound";

export const router = createBrowserRouter([
  {
    path: "/sign-in",
    errorElement: <Crash />,
    HydrateFallback: () => null,
    lazy: () => import("@/access/pages/SignIn"),
  },
  {
    path: "/",
    element: <Shell />,
    errorElement: <Crash />,
    HydrateFallback: () => null,
    children: [
      { index: true, element: <Home /> },
      ...PAGES.map(({ path, right, load }): RouteObject => ({
        element: right ? <Guard right={right} /> : <Outlet />,
        errorElement: <Crash />,
        children: [{ path, lazy: load }],
      })),
      { path: "*", element: <NotFound /> },
    ],
  },
]);

/** Reasons for the end of a session that the sign-in page tells. */
const TOLD = ["signed_in_elsewhere", "session_idle", "session_expired", "session_ended"];

/** The session has ended: sign in, then come back to this very page. */
export function toSignIn(why: string): void {
  const { pathname, search } = router.state.location;
  if (pathname === "/sign-in") return;
  const query = new URLSearchParams();
  if (TOLD.includes(why)) query.set("ended", why);
  if (pathname !== "/") query.set("return", pathname + search);
  void router.navigate(query.size ? `/sign-in?${query}` : "/sign-in", { replace: true });
}
