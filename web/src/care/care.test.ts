import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import type { Schemas } from "@/app/client";
import { putBack, takeOff } from "./cache";
import { closes } from "./closes";
import { personalData } from "./note";
import { requestKey } from "./requestKey";

describe("a note", () => {
  it.each([
    ["客户身份证 11010519491231002X 已核", "id"],
    ["回电 138 0013 8000", "mobile"],
    ["回电 １３８００１３８０００", "mobile"],
    ["卡号 6222 0212 3456 7890 123", "card"],
  ])("with personal data is refused: %s", (note, kind) => {
    expect(personalData(note)).toBe(kind);
  });

  it.each(["想比较 3 年期利率，20261101 再约", "转走 500000 元，下周二 10:30 回电", ""])(
    "without is kept: %s",
    (note) => {
      expect(personalData(note)).toBeNull();
    },
  );
});

describe("a result closes its task", () => {
  it.each([
    ["INTERESTED", null, true],
    ["INTERESTED", "2026-11-03", false],
    ["NO_ANSWER", null, false],
    ["WRONG_PERSON", null, false],
    ["DND_REQUEST", null, true],
  ])("%s with next date %s: %s", (result, next_on, done) => {
    expect(closes({ result, next_on })).toBe(done);
  });
});

describe("a recorded task", () => {
  const task = (id: number, more: Partial<Schemas["TaskOut"]> = {}) =>
    ({ id, is_overdue: false, is_later: false, is_overflow: false, ...more }) as Schemas["TaskOut"];
  const counts = {
    left: 2,
    later: 0,
    done: 5,
    overdue: 1,
    overflow: 0,
    by_type: {},
    own_names: {},
    by_tier: {},
  };

  function cache() {
    const queries = new QueryClient();
    const board = {
      biz_date: "2026-10-31",
      counts,
      tasks: [task(1, { is_overdue: true }), task(2)],
      next_cursor: null,
    };
    queries.setQueryData(["workbench", "mine"], { pages: [board], pageParams: [null] });
    const read = () =>
      queries.getQueryData<{ pages: Schemas["Workbench"][] }>(["workbench", "mine"])?.pages[0];
    return { queries, read };
  }

  it("leaves the list at once and the counts follow", () => {
    const { queries, read } = cache();
    takeOff(queries, task(1, { is_overdue: true }), true);
    expect(read()?.tasks.map(({ id }) => id)).toEqual([2]);
    expect(read()?.counts).toMatchObject({ left: 1, done: 6, overdue: 0 });
  });

  it("that is put off counts as later, not as done", () => {
    const { queries, read } = cache();
    takeOff(queries, task(2), false);
    expect(read()?.counts).toMatchObject({ left: 1, done: 5, later: 1 });
  });

  it("comes back where it stood when the server refuses", () => {
    const { queries, read } = cache();
    const before = takeOff(queries, task(1, { is_overdue: true }), true);
    putBack(queries, before);
    expect(read()?.tasks.map(({ id }) => id)).toEqual([1, 2]);
    expect(read()?.counts).toEqual(counts);
  });
});

it("every click has a key of its own", () => {
  expect(requestKey()).toMatch(/^[0-9a-f]{32}$/);
  expect(requestKey()).not.toBe(requestKey());
});
