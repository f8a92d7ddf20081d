import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

type Change<K extends string> = Partial<Record<K, string | undefined>>;

/** A page's filters, kept in the address: a reload or a shared link shows the same. Empty = default. */
export function useUrlState<K extends string>(defaults: Record<K, string>) {
  const [params, setParams] = useSearchParams();
  const keys = Object.keys(defaults) as K[];
  const state = useMemo(
    () => Object.fromEntries(keys.map((key) => [key, params.get(key) ?? defaults[key]])) as Record<K, string>,
    // eslint-disable-next-line react-hooks/exhaustive-deps -- defaults are constants of the page
    [params],
  );
  const set = useCallback(
    (change: Change<K>) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [key, value] of Object.entries(change) as [K, string | undefined][]) {
            if (value === undefined || value === defaults[key]) next.delete(key);
            else next.set(key, value);
          }
          return next;
        },
        { replace: true },
      );
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- as above
    [setParams],
  );
  return [state, set] as const;
}
