/** When the person last touched any of our pages in this browser; polls tell the server, and keep no session alive. */

const KEY = "yinke.touched";
const SHARE_MS = 2000;
const EVENTS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

let last = Date.now();
let shared = 0;
let paused = false;

function note(at: number): void {
  last = Math.max(last, at);
  if (last - shared < SHARE_MS) return;
  shared = last;
  try {
    localStorage.setItem(KEY, String(last)); // other windows of ours are then as awake as this one
  } catch {
    // storage is blocked: this window counts for itself
  }
}

if (typeof window !== "undefined") {
  for (const event of EVENTS) {
    window.addEventListener(event, () => !paused && note(Date.now()), { passive: true, capture: true });
  }
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === KEY && newValue) last = Math.max(last, Number(newValue) || 0);
  });
}

export const activity = {
  /** Moment of the last touch. */
  last: () => last,
  /** Whole seconds since then, as header `X-Idle` tells them. */
  idle: (now = Date.now()) => Math.max(0, Math.floor((now - last) / 1000)),
  touch: () => note(Date.now()),
  /** While the question "still there?" stands, only its answer counts. */
  pause(on: boolean) {
    paused = on;
  },
};
