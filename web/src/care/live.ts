import { client } from "@/app/client";
import { Problem } from "@/shared/problem";

/** One event of a stream: its name, and what it carries. */
export interface Said {
  event: string;
  data: { newest?: number; reason?: number };
}

const SHORTEST_MS = 10_000; // a stream that ends sooner was not held open: ask less often
const AGAIN_MS = 1_000;
const LATER_MS = 5_000;
const LONGEST_MS = 60_000;

/** The whole events of a piece of text, and the unfinished rest of it. */
export function eventsOf(text: string): { said: Said[]; rest: string } {
  const blocks = text.split("\n\n");
  const rest = blocks.pop() ?? "";
  const said = blocks.flatMap((block) => {
    const field = (name: string) =>
      block
        .split("\n")
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const [event, data] = [field("event"), field("data")];
    return event && data ? [{ event, data: JSON.parse(data) as Said["data"] }] : [];
  });
  return { said, rest };
}

/** The newest alert that the page knows of, and whether something came since; null: the page has just been opened. */
export function heard(newest: number | null, { event, data }: Said): { newest: number; news: boolean } {
  const told = (event === "open" ? data.newest : data.reason) ?? 0;
  return { newest: Math.max(newest ?? 0, told), news: told > (newest ?? (event === "open" ? told : 0)) };
}

/** How long to wait before the stream is opened again: longer after each failure, and never all pages at once. */
export function pauseAfter(failures: number, livedMs: number, random = Math.random()): number {
  if (failures > 0) return Math.min(LATER_MS * 2 ** (failures - 1), LONGEST_MS) * (0.5 + random);
  return livedMs < SHORTEST_MS ? LATER_MS : AGAIN_MS * random;
}

async function* stream(signal: AbortSignal): AsyncGenerator<Said> {
  const { data } = await client.GET("/api/live-alerts/stream", { parseAs: "stream", signal });
  const reader = (data as unknown as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const { said, rest } = eventsOf(text + value);
      text = rest;
      yield* said;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
}

/** Keeps a stream open and tells what comes, with the newest alert known before; ends with the signal, or when signed out. */
export async function follow(
  from: number | null,
  tell: (news: { after: number; newest: number; news: boolean }) => void,
  signal: AbortSignal,
): Promise<void> {
  let newest = from;
  let failures = 0;
  while (!signal.aborted) {
    const began = Date.now();
    try {
      for await (const said of stream(signal)) {
        failures = 0;
        const after = newest ?? 0;
        const now = heard(newest, said);
        newest = now.newest;
        tell({ after, ...now });
      }
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) return;
      failures += 1;
    }
    await wait(pauseAfter(failures, Date.now() - began), signal);
  }
}
