import { describe, expect, it } from "vitest";
import { eventsOf, heard, pauseAfter } from "./live";

describe("a stream's text", () => {
  it("is taken apart into events, and the unfinished rest waits", () => {
    const text = 'retry: 5000\nevent: open\ndata: {"newest":4}\n\n:\n\nevent: alert\ndata: {"task":1,"rea';
    const { said, rest } = eventsOf(text);
    expect(said).toEqual([{ event: "open", data: { newest: 4 } }]);
    expect(eventsOf(`${rest}son":5}\n\n`).said).toEqual([{ event: "alert", data: { task: 1, reason: 5 } }]);
  });
});

describe("what a page has heard", () => {
  const open = (newest: number) => ({ event: "open", data: { newest } });
  const alert = (reason: number) => ({ event: "alert", data: { reason } });

  it("is no news when it has just been opened", () => {
    expect(heard(null, open(7))).toEqual({ newest: 7, news: false });
  });

  it("is news when it came while the stream was closed", () => {
    expect(heard(7, open(9))).toEqual({ newest: 9, news: true });
    expect(heard(7, open(7))).toEqual({ newest: 7, news: false });
  });

  it("is news once, however often it is told", () => {
    expect(heard(7, alert(8))).toEqual({ newest: 8, news: true });
    expect(heard(8, alert(8))).toEqual({ newest: 8, news: false });
    expect(heard(8, open(0))).toEqual({ newest: 8, news: false });
  });
});

describe("the pause before a stream is opened again", () => {
  it("is short after one that was held, and grows with each failure up to a limit", () => {
    expect(pauseAfter(0, 60_000, 0.5)).toBe(500);
    expect(pauseAfter(0, 50, 0.5)).toBe(5_000);
    expect([1, 2, 3, 9].map((failures) => pauseAfter(failures, 0, 0.5))).toEqual([
      5_000, 10_000, 20_000, 60_000,
    ]);
  });
});
