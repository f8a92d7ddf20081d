import { useEffect, useRef } from "react";

/** True where a key belongs to what has the focus: text is being typed, or a list is being chosen from. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  if (target.tagName !== "INPUT") return false;
  return !["button", "checkbox", "radio", "submit", "reset"].includes((target as HTMLInputElement).type);
}

/** Single keys of a page (`j`, `Enter`, `?`). Not while typing, not with Ctrl/Alt/Meta. */
export function useHotkeys(keys: Record<string, (event: KeyboardEvent) => void>, active = true): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    if (!active) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
        return;
      if (isTyping(event.target)) return;
      const handle = latest.current[event.key];
      if (!handle) return;
      // Enter on a focused button or link presses it.
      if (
        event.key === "Enter" &&
        (event.target as HTMLElement).closest?.("button,a,[role=button],[role=menuitem]")
      )
        return;
      event.preventDefault();
      handle(event);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [active]);
}
