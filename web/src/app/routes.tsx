import { createBrowserRouter, type RouteObject } from "react-router";
import { Crash } from "./components/Crash";
import { Guard } from "./components/Guard";
import { Home } from "./components/Home";
import { Shell } from "./components/Shell";
import { NotFound } from "./pages/NotFound";

/** Load a page's code when it is first opened. */
function page(
  path: string,
  right: string,
  load: () => Promise<{ Component: React.ComponentType }>,
): RouteObject {
  return {
    element: <Guard right={right} />,
    errorElement: <Crash />,
    children: [{ path, lazy: load }],
  };
}

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
      page("workbench", "workbench", () => import("@/care/pages/Workbench")),
      page("customers", "customer.read", () => import("@/customers/pages/Customers")),
      page("customers/:id", "customer.read", () => import("@/customers/pages/Customer")),
      page("branch", "branch.read", () => import("@/care/pages/Branch")),
      page("nightly", "nightly.read", () => import("@/nightly/pages/Nightly")),
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
