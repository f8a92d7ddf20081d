import { useSyncExternalStore } from "react";

export type Language = "zh-hans" | "en";

export interface Preferences {
  language: Language;
  theme: "light" | "dark";
  density: "comfortable" | "compact";
  railCollapsed: boolean;
}

const KEY = "yinke.preferences";

function initial(): Preferences {
  const dark = window.matchMedia?.("(prefers-color-scheme: dark)").matches;
  const fallback: Preferences = {
    language: "zh-hans",
    theme: dark ? "dark" : "light",
    density: "comfortable",
    railCollapsed: false,
  };
  try {
    return { ...fallback, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return fallback; // storage is blocked or damaged: the page works without it
  }
}

let current = initial();
const listeners = new Set<() => void>();

/** What a person prefers on this device; the language is also kept with their account. */
export const preferences = {
  get: () => current,
  set(change: Partial<Preferences>) {
    current = { ...current, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(current));
    } catch {
      // kept for this visit only
    }
    listeners.forEach((listener) => listener());
  },
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function usePreferences(): Preferences {
  return useSyncExternalStore(preferences.subscribe, preferences.get);
}
