import { createBrowserRouter, type RouteObject } from "react-router";
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
        element: <Guard right={right} />,
        errorElement: <Crash />,
        children: [{ path, lazy: load }],
      })),
      { path: "*", element: <NotFound /> },
    ],
  },
]);

/** The session has ended: sign in, then come back to this very page. */
export function toSignIn(): void {
  const { pathname, search } = router.state.location;
  if (pathname === "/sign-in") return;
  const back = pathname === "/" ? "" : `?return=${encodeURIComponent(pathname + search)}`;
  void router.navigate(`/sign-in${back}`, { replace: true });
}
