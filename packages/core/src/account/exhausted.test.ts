import { describe, expect, it, test } from "vitest";
import type { LaplasOptions } from "../options.js";
import { createTestContext, NOON, start, useOf } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { windowRule } from "../testing/tier.js";
import type { Evidence, WindowRule } from "../tier/tier.js";
import { beganTooEarly, blockAfter, type QuotaRefusal, resetOf } from "./exhausted.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const published: Evidence = { source: "a test", date: "2026-01-01", status: "published" };
const MIDNIGHT = Date.parse("2026-03-11T00:00:02.000Z");

describe("a quota that the server calls exceeded", () => {
  /** Whether the server's day seems to begin later, after so much use at 18:00 the day before and at noon. */
  async function beganLater(before: number, since: number, rule: Partial<WindowRule> = {}): Promise<boolean> {
    let at = NOON - 18 * HOUR_MS;
    const window = windowRule({ limit: 1_000, ...rule });
    const { context } = createTestContext({ now: () => at, tier: { name: "own", title: "Own", rules: [window] } });
    for (const cost of [before, since]) {
      const call = cost === 0 ? undefined : await start(context, ask("Hello"));
      await call?.reservation.settle({ use: useOf(cost), estimated: false, lingerMs: 0, outcome: "answered" });
      at = NOON;
    }
    return beganTooEarly(context.account, window);
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
    ["the window counts requests", { meter: "requests", limit: 1 }],
  ])("means nothing of the kind where %s", async (_, rule) => {
    expect(await beganLater(950, 0, rule)).toBe(false);
  });
});

describe("the assumed reset of an exceeded quota", () => {
  const day = windowRule({ period: { type: "day", zone: "Europe/Berlin", resetHour: 8 }, marginMs: 5_000 });
  const hour = windowRule({ id: "hourly", period: { type: "hour" }, marginMs: 1_000 });
  const rolling = windowRule({ id: "rolling", period: { type: "rolling", spanMs: DAY_MS } });

  test.each<[string, QuotaRefusal["code"], WindowRule[], string, string | undefined]>([
    ["the end of the tier's day, and its margin", "daily_quota", [hour, day], "2026-03-11T07:00:05.000Z", "daily"],
    ["the end of the tier's hour, and its margin", "hourly_quota", [day, hour], "2026-03-10T13:00:01.000Z", "hourly"],
    ["midnight in UTC where the tier has no day", "daily_quota", [hour], "2026-03-11T00:00:02.000Z", undefined],
    [
      "an hour away where its day rolls, and begins nowhere",
      "daily_quota",
      [rolling],
      "2026-03-10T13:00:02.000Z",
      "rolling",
    ],
    ["the next full hour where the tier has no hour", "hourly_quota", [day], "2026-03-10T13:00:02.000Z", undefined],
  ])("is %s", (_, code, windows, until, rule) => {
    const reset = resetOf(windows, { code, scope: "account" }, NOON);
    expect([new Date(reset.until).toISOString(), reset.rule?.id]).toEqual([until, rule]);
  });

  test.each([0, 90_000])("is what the server says, if it says so: in %i ms", (retryAfterMs) => {
    const refusal: QuotaRefusal = { code: "daily_quota", scope: "account", retryAfterMs };
    expect(resetOf([day], refusal, NOON)).toEqual({ until: NOON + retryAfterMs, rule: day });
  });
});

describe("the block after a refusal", () => {
  function setup(options: LaplasOptions = {}) {
    const { account } = createTestContext(options).context;
    const refused = async (
      refusal: Partial<QuotaRefusal> = {},
      { probe = false, windows = [windowRule()] }: { probe?: boolean; windows?: readonly WindowRule[] } = {},
    ) =>
      blockAfter(
        account,
        { triesReset: probe, windows },
        { code: "daily_quota", scope: "account", ...refusal },
        "gpt-4o\n",
        NOON,
      );
    return { account, refused };
  }

  it("of an assumed day ends with it, and one call tries whether it is over", async () => {
    expect(await setup().refused()).toEqual({
      name: "account",
      until: MIDNIGHT,
      longestMs: DAY_MS + HOUR_MS,
      rule: "daily",
      code: "daily_quota",
      needsProbe: true,
    });
  });

  it("of an hour needs no probe", async () => {
    expect(await setup().refused({ code: "hourly_quota" })).toMatchObject({
      until: NOON + HOUR_MS + 2_000,
      code: "hourly_quota",
      rule: "upstream",
      needsProbe: false,
    });
  });

  it("that nothing explains is tried by one call, and each try that is refused as well doubles the pause, up to an hour", async () => {
    const { refused } = setup();
    const pauses: number[] = [];
    const refusal = { code: "hourly_quota", period: "minute", isGuess: true, guessedMs: 60_000 } as const;
    for (const probe of [false, true, true, true, true, true, true, true, false]) {
      const { until, needsProbe } = await refused(refusal, { probe });
      expect(needsProbe).toBe(true);
      pauses.push((until - NOON) / 60_000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 1]);
  });

  it("whose end the server named needs none either, from a probe too", async () => {
    for (const probe of [false, true]) {
      expect(await setup().refused({ retryAfterMs: 5_000 }, { probe })).toMatchObject({
        until: NOON + 5_000,
        needsProbe: false,
      });
    }
  });

  it("closes one model where the server named it, in one line", async () => {
    expect((await setup().refused({ scope: "model" })).name).toBe("model:gpt-4o ");
  });

  it("lasts no longer than the longest window, whatever the server says", async () => {
    const month = windowRule({ period: { type: "month", zone: "UTC", resetHour: 0 } });
    const later = { retryAfterMs: 400 * DAY_MS };
    expect((await setup().refused(later)).until).toBe(NOON + DAY_MS + HOUR_MS);
    expect((await setup().refused(later, { windows: [] })).until).toBe(NOON + DAY_MS + HOUR_MS);
    expect((await setup().refused(later, { windows: [windowRule(), month] })).until).toBe(NOON + 31 * DAY_MS + HOUR_MS);
  });

  it("of a probe lasts an hour, and the refusal is remembered for the hour that is to be learned", async () => {
    const { account, refused } = setup();
    expect(await refused({}, { probe: true })).toMatchObject({ until: NOON + HOUR_MS, needsProbe: true });
    const { store, name } = await account.open();
    expect(await store.learned(name, "probe_refused_at")).toBe(NOON);
  });

  it("of no probe is remembered for nothing", async () => {
    const { account, refused } = setup();
    await refused();
    const { store, name } = await account.open();
    expect(await store.learned(name, "probe_refused_at")).toBeNull();
  });

  it("lasts an hour where the server's day seems to begin later than ours", async () => {
    let at = NOON - 18 * HOUR_MS;
    const { context } = createTestContext({
      now: () => at,
      tier: { name: "own", title: "Own", rules: [windowRule()] },
    });
    const { reservation } = await start(context, ask("Hello"));
    await reservation.settle({ use: useOf(950), estimated: false, lingerMs: 0, outcome: "answered" });
    at = NOON;
    const block = await blockAfter(
      context.account,
      { triesReset: false, windows: [windowRule()] },
      { code: "daily_quota", scope: "account" },
      "gpt-4o",
      NOON,
    );
    expect(block).toMatchObject({ until: NOON + HOUR_MS, needsProbe: true });
  });
});

describe("what a refusal closes", () => {
  const requests = windowRule({ id: "requests", meter: "requests", scope: "model" });
  const minute = windowRule({ id: "minute", meter: "requests", scope: "model", period: { type: "minute" } });
  const pool = windowRule({ id: "pool", meter: "tokens", scope: "pool", models: ["gpt-*"] });
  const month = windowRule({ id: "month", meter: "tokens", period: { type: "month", zone: "UTC", resetHour: 0 } });
  const refilling = windowRule({ id: "refilling", meter: "inputTokens", period: { type: "bucket", spanMs: 60_000 } });
  const fixed = windowRule({ id: "fixed", meter: "outputTokens", scope: "model", evidence: published });
  const windows = [windowRule(), month, pool, requests, minute, refilling, fixed];

  test.each<[string, QuotaRefusal, string, string]>([
    [
      "the model's own window",
      { code: "daily_quota", meter: "requests", period: "day" },
      "requests:gpt-4o",
      "requests",
    ],
    ["its minute", { code: "hourly_quota", meter: "requests", period: "minute" }, "requests:gpt-4o", "minute"],
    ["the pool's", { code: "daily_quota", meter: "tokens" }, "tokens:pool:gpt-*", "pool"],
    ["a pool", { code: "daily_quota", scope: "pool" }, "tokens:pool:gpt-*", "pool"],
    ["the account's month", { code: "monthly_quota", meter: "tokens" }, "tokens", "month"],
    [
      "a window that refills",
      { code: "hourly_quota", meter: "inputTokens", period: "minute" },
      "inputTokens",
      "refilling",
    ],
    ["costs, which all calls have", { code: "daily_quota", meter: "credits", period: "day" }, "account", "daily"],
    ["the model", { code: "daily_quota", scope: "model" }, "model:gpt-4o", "requests"],
    [
      "a model's window that the tier has not",
      { code: "hourly_quota", meter: "tokens", scope: "model" },
      "model:gpt-4o",
      "upstream",
    ],
    ["a window that it has not", { code: "hourly_quota", meter: "outputTokens" }, "account", "upstream"],
    ["a model, where only the account has a month", { code: "monthly_quota", scope: "model" }, "model:gpt-4o", "month"],
    ["everything", { code: "daily_quota" }, "account", "daily"],
  ])("is %s", async (_, refusal, name, rule) => {
    const { account } = createTestContext().context;
    const block = await blockAfter(account, { triesReset: false, windows }, refusal, "gpt-4o", NOON);
    expect(block).toMatchObject({ name, rule, code: refusal.code });
  });

  test.each<[string, QuotaRefusal, number, boolean]>([
    ["a minute", { code: "hourly_quota", meter: "requests", period: "minute" }, 62_000, false],
    ["a minute that refills", { code: "hourly_quota", meter: "inputTokens", period: "minute" }, 62_000, false],
    ["an hour that the tier has not", { code: "hourly_quota", period: "hour" }, HOUR_MS + 2_000, false],
    ["a day", { code: "daily_quota", meter: "requests" }, 12 * HOUR_MS + 2_000, true],
    ["a month", { code: "monthly_quota", meter: "tokens" }, 21.5 * DAY_MS + 2_000, true],
    ["a month that says when it is over", { code: "monthly_quota", meter: "tokens", retryAfterMs: 9 }, 9, false],
  ])("lasts, of %s, to its end", async (_, refusal, ms, needsProbe) => {
    const { account } = createTestContext().context;
    const block = await blockAfter(account, { triesReset: false, windows }, refusal, "gpt-4o", NOON);
    expect([block.until - NOON, block.needsProbe]).toEqual([ms, needsProbe]);
  });

  it.each<[string, QuotaRefusal]>([
    ["month", { code: "monthly_quota", meter: "tokens" }],
    ["day that is published", { code: "daily_quota", meter: "outputTokens" }],
  ])("of a %s whose end was tried in vain is an hour, from which no hour is learned", async (_, refusal) => {
    const { account } = createTestContext().context;
    const block = await blockAfter(account, { triesReset: true, windows }, refusal, "gpt-4o", NOON);
    expect(block).toMatchObject({ until: NOON + HOUR_MS, needsProbe: true });
    const { store, name } = await account.open();
    expect(await store.learned(name, "probe_refused_at")).toBeNull();
  });
});
