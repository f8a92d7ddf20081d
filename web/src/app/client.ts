import createFetchClient, { type Middleware } from "openapi-fetch";
import { activity } from "@/shared/activity";
import { Problem } from "@/shared/problem";
import { preferences } from "@/shared/preferences";
import type { components, paths } from "./schema";

/** Shapes of the API, named as in `*\/schemas.py`. */
export type Schemas = components["schemas"];

const SAFE = new Set(["GET", "HEAD"]);

function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** The page's token against foreign requests; fetched anew if the cookie is gone. */
export async function token(): Promise<string> {
  if (!cookie("csrftoken")) await fetch("/-/page", { credentials: "same-origin" });
  return cookie("csrftoken");
}

const manners: Middleware = {
  async onRequest({ request }) {
    request.headers.set("Accept-Language", preferences.get().language);
    request.headers.set("X-Idle", String(activity.idle()));
    if (!SAFE.has(request.method)) request.headers.set("X-CSRFToken", await token());
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await Problem.from(response);
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    return new Problem(0, { code: "network", message: "", place: "", remedy: "" });
  },
};

export const client = createFetchClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
});
client.use(manners);

/** The body of an answer; whatever is not one has been thrown as a `Problem` before. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Problem;
  }
}
