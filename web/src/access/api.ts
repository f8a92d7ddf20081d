import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import { preferences, type Language } from "@/shared/preferences";
import { Problem } from "@/shared/problem";
import { askPasskey, makePasskey } from "./passkeys";

export type Me = Schemas["Me"];
export type Security = Schemas["Security"];
export type Kind = Schemas["SecondStep"]["kinds"][number];

const ME = ["me"];
const SECURITY = ["security"];

/** The signed-in person, asked again every minute so that freshness is honest. */
export function useMe() {
  return useQuery({
    queryKey: ME,
    queryFn: ({ signal }) => body(client.GET("/api/me", { signal })),
    refetchInterval: 60_000,
  });
}

export function useDemoLogins() {
  return useQuery({
    queryKey: ["demo-logins"],
    queryFn: ({ signal }) => body(client.GET("/api/demo-logins", { signal })),
    staleTime: Infinity,
  });
}

/** The bank's identity providers. */
export function useSignInWays() {
  return useQuery({
    queryKey: ["sign-in-ways"],
    queryFn: ({ signal }) => body(client.GET("/api/sign-in-ways", { signal })),
    staleTime: Infinity,
  });
}

/** Take over the person's language from the account and forget whatever an earlier person saw. */
function useEnter() {
  const queries = useQueryClient();
  return (me: Me) => {
    queries.clear();
    queries.setQueryData(ME, me);
    preferences.set({ language: me.language === "en" ? "en" : "zh-hans" });
  };
}

/** The first step. The answer is the person, or the kinds of second step that are awaited. */
export function useSignIn() {
  const enter = useEnter();
  return useMutation({
    mutationFn: (login: Schemas["SignIn"]): Promise<Me | Schemas["SecondStep"]> =>
      body(client.POST("/api/session", { body: login })),
    onSuccess: (answer) => "kinds" in answer || enter(answer),
  });
}

/** The second step: a code, or (without one) a passkey. */
export function useSecondStep() {
  const enter = useEnter();
  return useMutation({
    async mutationFn(code?: string) {
      if (code) await client.POST("/api/session/code", { body: { code } });
      else {
        const { options } = await body(client.POST("/api/session/passkey-options"));
        const credential = await fromDevice(() => askPasskey(options));
        await client.POST("/api/session/passkey", { body: { credential } });
      }
      return body(client.GET("/api/me"));
    },
    onSuccess: enter,
  });
}

/** A device that is turned away, or says no, is told in our words. */
async function fromDevice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch {
    throw new Problem(400, { code: "wrong_passkey", message: "", place: "", remedy: "" });
  }
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => body(client.DELETE("/api/session")),
    onSettled: () => queries.clear(),
  });
}

/** Speak another language here and remember it with the account; the server's sentences are asked anew. */
export function useLanguage() {
  const queries = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: (language: Language) => body(client.PATCH("/api/me", { body: { language } })),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (language: Language) => {
    preferences.set({ language });
    mutate(language);
  };
}

export interface AuditFilter {
  since: string;
  until: string;
  who: string;
  action: string;
  object: string;
  address: string;
}

/** The audit trail, newest first, page by page. Looking leaves an entry: it is never asked again by itself. */
export function useAudit({ since, until, who, action, object, address }: AuditFilter) {
  const wanted = { since, until, who, action, object_id: object, address };
  const query = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));
  return useInfiniteQuery({
    queryKey: ["audit", query],
    queryFn: ({ signal, pageParam }) =>
      body(
        client.GET("/api/audit", {
          params: { query: { ...query, ...(pageParam === null ? {} : { before: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ before }) => before,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    staleTime: Infinity,
  });
}
export function useSecurity() {
  return useQuery({
    queryKey: SECURITY,
    queryFn: ({ signal }) => body(client.GET("/api/me/security", { signal })),
  });
}

/** Whatever a person changes about their account is shown as the server then has it. */
function useChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => queries.invalidateQueries({ queryKey: SECURITY }) });
}

export const useChangePassword = () =>
  useChange((change: Schemas["NewPassword"]) => body(client.PUT("/api/me/password", { body: change })));

export const useEndSession = () =>
  useChange((number: number) =>
    body(client.DELETE("/api/me/sessions/{number}", { params: { path: { number } } })),
  );

export const useBeginApp = () =>
  useMutation({
    mutationFn: (password: string) => body(client.POST("/api/me/totp", { body: { password } })),
  });

export const useAddApp = () =>
  useChange((code: string) => body(client.PUT("/api/me/totp", { body: { code } })));

export const useAddPasskey = () =>
  useChange(async ({ password, name }: { password: string; name: string }) => {
    const { options } = await body(client.POST("/api/me/passkey-options", { body: { password } }));
    const credential = await fromDevice(() => makePasskey(options));
    return body(client.POST("/api/me/passkeys", { body: { name, credential } }));
  });

export const useRenewCodes = () =>
  useChange((password: string) => body(client.POST("/api/me/recovery-codes", { body: { password } })));

export const useRemoveFactor = () =>
  useChange(({ number, password }: { number: number; password: string }) =>
    body(
      client.POST("/api/me/second-factors/{number}/removal", {
        params: { path: { number } },
        body: { password },
      }),
    ),
  );
export type AlertOut = Schemas["AlertOut"];

export function useAlerts(done: boolean) {
  return useQuery({
    queryKey: ["alerts", done],
    queryFn: ({ signal }) => body(client.GET("/api/alerts", { params: { query: { done } }, signal })),
    refetchInterval: 60_000,
  });
}

/** Say what was found out about an alert. */
export function useAcknowledge() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, note }: { id: number; note: string }) =>
      body(
        client.POST("/api/alerts/{alert_id}/acknowledge", {
          params: { path: { alert_id: id } },
          body: { note },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["alerts"] }),
  });
}
