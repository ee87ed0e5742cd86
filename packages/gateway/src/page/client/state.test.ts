import { expect, it } from "vitest";
import type { FeedUpdate } from "../../recent/feed.js";
import type { RecentCall } from "../../recent/recent-call.js";
import { EMPTY_STATE, withUpdate } from "./state.js";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
const now = new Date(NOW).toISOString();
const about = { tier: { name: "free" }, playground: null, shows_prompts: false } as unknown as NonNullable<
  FeedUpdate["about"]
>;

function call(id: number, more: Partial<RecentCall> = {}): RecentCall {
  return { id, model: "m", ...more } as RecentCall;
}

it("puts updates together, newest calls first, and a call that is told again in its place", () => {
  let state = withUpdate(EMPTY_STATE, { now, about, calls: [call(0), call(1)], problem: null }, NOW - 500);
  state = withUpdate(state, { now, calls: [call(2), call(0, { code: "busy" })] }, NOW);
  expect(state.calls.map(({ id, code }) => [id, code])).toEqual([
    [2, undefined],
    [1, undefined],
    [0, "busy"],
  ]);
  expect(state.about).toBe(about);
  expect(state.aheadMs).toBe(0);
});

it("forgets what a gateway told that was started anew", () => {
  const before = withUpdate(EMPTY_STATE, { now, about, calls: [call(7)], live: [] }, NOW);
  expect(withUpdate(before, { now, about, calls: [call(0)] }, NOW).calls).toEqual([call(0)]);
});

it("keeps 200 calls", () => {
  const calls = Array.from({ length: 250 }, (_, id) => call(id));
  const { calls: kept } = withUpdate(EMPTY_STATE, { now, calls }, NOW);
  expect([kept.length, kept[0]?.id]).toEqual([200, 249]);
});

it("keeps a problem until it is told that there is none", () => {
  let state = withUpdate(EMPTY_STATE, { now, about, problem: "no ledger" }, NOW);
  state = withUpdate(state, { now, calls: [] }, NOW);
  expect(state.problem).toBe("no ledger");
  expect(withUpdate(state, { now, problem: null }, NOW).problem).toBeNull();
});
