import { useSyncExternalStore } from "react";

const PHONE = "(max-width: 767px)";
const WIDE = "(min-width: 1180px)";

function useQuery(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}

/** `phone`: narrow as a phone; `wide`: a list and its drawer have room side by side. */
export function useScreen(): { phone: boolean; wide: boolean } {
  return { phone: useQuery(PHONE), wide: useQuery(WIDE) };
}
