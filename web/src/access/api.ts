import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import { preferences, type Language } from "@/shared/preferences";

export type Me = Schemas["Me"];

const ME = ["me"];

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

/** Take over the person's language from the account and forget whatever an earlier person saw. */
export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (login: Schemas["SignIn"]) => body(client.POST("/api/session", { body: login })),
    onSuccess(me) {
      queries.clear();
      queries.setQueryData(ME, me);
      preferences.set({ language: me.language === "en" ? "en" : "zh-hans" });
    },
  });
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
