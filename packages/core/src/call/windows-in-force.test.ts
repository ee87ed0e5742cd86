import { describe, expect, it, test } from "vitest";
import { createMemoryStore } from "../ledger/memory-store.js";
import type { LaplasOptions } from "../options.js";
import { createTestContext, NOON, start } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { windowRule } from "../testing/tier.js";
import type { Evidence, WindowRule } from "../tier/tier.js";
import { beganTooEarly, windowsInForce, withLearnedReset } from "./windows-in-force.js";

const HOUR_MS = 3_600_000;
const published: Evidence = { source: "a test", date: "2026-01-01", status: "published" };

/** A context whose account has learned that the server's day begins at five. */
async function setup(options: LaplasOptions = {}) {
  const { context } = createTestContext(options);
  const store = await context.ledger();
  await store.learn(await context.account(), "reset_hour", 5);
  return context;
}

describe("the windows that bind a call", () => {
  test.each([
    ["free", "regular", ["daily_api_tokens"]],
    ["playground", "regular", ["daily_api_tokens", "daily_requests"]],
    ["playground", "pro", ["daily_api_tokens"]],
    ["paid", "regular", []],
  ] as const)("on tier %s with a %s model", async (tier, modelClass, ids) => {
    const { context } = createTestContext({ tier });
    expect((await windowsInForce(context, modelClass)).map(({ id }) => id)).toEqual(ids);
  });

  it("begin at the hour that was learned", async () => {
    const [window] = await windowsInForce(await setup(), "regular");
    expect(window?.period).toEqual({ type: "day", zone: "UTC", resetHour: 5 });
  });
});

describe("a learned hour", () => {
  const assumedDay = windowRule();

  it("replaces an assumed day only", async () => {
    const others = [
      windowRule({ evidence: published }),
      windowRule({ period: { type: "hour" } }),
      windowRule({ period: { type: "rolling", spanMs: HOUR_MS } }),
    ];
    expect(await withLearnedReset(await setup(), [...others, assumedDay])).toEqual([
      ...others,
      { ...assumedDay, period: { type: "day", zone: "UTC", resetHour: 5 } },
    ]);
  });

  it("leaves an assumed day alone until it is learned", async () => {
    const { context } = createTestContext();
    expect(await withLearnedReset(context, [assumedDay])).toEqual([assumedDay]);
  });

  it("is not looked up where no day is assumed", async () => {
    const store = createMemoryStore({ now: () => NOON });
    const ledger = { ...store, learned: () => Promise.reject(new Error("was asked")) };
    const { context } = createTestContext({ ledger });
    const rules = [windowRule({ evidence: published })];
    expect(await withLearnedReset(context, rules)).toEqual(rules);
  });
});

describe("a quota that the server calls exceeded", () => {
  /** Whether the server's day seems to begin later, after so much use at 18:00 the day before and at noon. */
  async function beganLater(before: number, since: number, rule: Partial<WindowRule> = {}): Promise<boolean> {
    let at = NOON - 18 * HOUR_MS;
    const window = windowRule({ limit: 1_000, ...rule });
    const { context } = createTestContext({ now: () => at, tier: { name: "own", title: "Own", rules: [window] } });
    for (const apiTokens of [before, since]) {
      const call = apiTokens === 0 ? undefined : await start(context, ask("Hello"));
      await call?.reservation.settle({ apiTokens, estimated: false, lingerMs: 0, clearsBlock: true });
      at = NOON;
    }
    return beganTooEarly(context, window);
  }

  test.each([
    ["the last 24 hours have used nearly all of it", 900, 0, true],
    ["the last 24 hours have used less", 899, 0, false],
    ["this day has used less than half of it", 500, 499, true],
    ["this day has used half of it", 500, 500, false],
    ["the last 24 hours, all day long", 0, 1_000, false],
  ])("means that the server's day begins later, where %s", async (_, before, since, expected) => {
    expect(await beganLater(before, since)).toBe(expected);
  });

  test.each<[string, Partial<WindowRule>]>([
    ["the day is published", { evidence: published }],
    ["the window is an hour", { period: { type: "hour" } }],
    ["the window counts requests", { metric: "requests", limit: 1 }],
  ])("means nothing of the kind where %s", async (_, rule) => {
    expect(await beganLater(950, 0, rule)).toBe(false);
  });
});
