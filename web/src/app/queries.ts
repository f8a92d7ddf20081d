import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "@/shared/problem";

type SignedOut = (why: string) => void;

/** One cache for the pages; `onSignedOut` is called, with the code of the reason, when the session has ended. */
export function makeQueryClient(onSignedOut: SignedOut): QueryClient {
  const watch = (error: unknown) => {
    if (error instanceof Problem && error.status === 401) onSignedOut(error.code);
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: true,
        networkMode: "always", // an office intranet often reports itself offline
        retry: (count, error) => count < 1 && error instanceof Problem && error.status >= 502,
      },
      mutations: { networkMode: "always" },
    },
  });
}
