import { describe, expect, it, test } from "vitest";
import { blockOff, resume } from "./account/off.js";
import type { CallEnd } from "./account/reservation.js";
import type { Block } from "./ledger/ledger-store.js";
import type { LaplasOptions } from "./options.js";
import { readStatus } from "./status.js";
import { blockUntil, createTestContext, NOON, start, useOf } from "./testing/call.js";
import { ask, rejection } from "./testing/engine.js";
import { tierOf, windowRule } from "./testing/tier.js";

const cost = (apiTokens: number): CallEnd => ({
  use: useOf(apiTokens),
  estimated: false,
  lingerMs: 0,
  outcome: "other",
});

function setup(options: LaplasOptions = {}) {
  let at = NOON;
  const { context } = createTestContext({ now: () => at, ...options });
  const begin = (model = "gpt-4o-mini") => start(context, ask("Hello", { model }));
  const pass = (ms: number): void => {
    at += ms;
  };
  return { context, begin, pass, status: () => readStatus(context) };
}

describe("the status of an account", () => {
  it("of which nothing is used", async () => {
    expect(await setup().status()).toEqual({
      provider: "laplas",
      tier: "free",
      ledger: "memory",
      windows: [
        {
          rule: "daily_api_tokens",
          metric: "apiTokens",
          unit: "API tokens",
          limit: 50_000,
          used: 0,
          held: 0,
          left: 50_000,
          resetsAt: new Date("2026-03-11T00:00:02.000Z"),
        },
      ],
      running: 0,
      waiting: 0,
      calls: [],
    });
  });

  it("has what is used, held and left: never less than nothing", async () => {
    const { begin, status } = setup({ tier: { ...tierOf(windowRule({ limit: 100 })) } });
    await (await begin()).reservation.settle(cost(30));
    await begin();
    expect((await status()).windows).toMatchObject([{ used: 30, held: 30, left: 40 }]);
    const other = await begin();
    await other.reservation.settle(cost(90));
    expect((await status()).windows).toMatchObject([{ used: 120, held: 30, left: 0 }]);
  });

  it("lists the calls that run, then those that wait, with their times", async () => {
    const { begin, status, pass, context } = setup();
    const first = await begin("gpt-4");
    pass(1_000);
    const second = rejection(begin());
    await expect.poll(async () => (await status()).waiting).toBe(1);
    expect(await status()).toMatchObject({
      running: 1,
      waiting: 1,
      calls: [
        { model: "gpt-4", state: "running", since: new Date(NOON) },
        { model: "gpt-4o-mini", state: "waiting", since: new Date(NOON + 1_000) },
      ],
    });
    const closing = context.close();
    await second;
    await first.reservation.cancel();
    await closing;
  });

  it("lists fifty calls at most, and counts all", async () => {
    const { begin, status } = setup({ tier: "paid" });
    for (let calls = 0; calls < 51; calls += 1) await begin();
    const { calls, running } = await status();
    expect([calls.length, running]).toEqual([50, 51]);
  });

  it("has the windows that all models share", async () => {
    const { status } = setup({ tier: "playground" });
    expect((await status()).windows.map(({ rule }) => rule)).toEqual(["daily_api_tokens"]);
  });

  it("has what each model has used, where windows count each by itself and it is asked for", async () => {
    const perModel = windowRule({ id: "each", meter: "requests", limit: 10, scope: "model" });
    const { begin, context } = setup({ tier: tierOf(windowRule(), perModel) });
    await (await begin("gpt-4o")).reservation.settle(cost(30));
    await begin("gpt-4");
    const { store, name: account } = await context.account.open();
    const teach = (block: Block) => store.teach(account, [{ kind: "block", ...block }]);
    await teach(blockOff("model_not_on_tier", "model", "o1", NOON));
    await teach({ ...blockUntil(NOON + 5), name: "model:gpt-4" });
    expect((await readStatus(context)).models).toBeUndefined();
    const { models, windows } = await readStatus(context, { models: true });
    expect(windows.map(({ rule }) => rule)).toEqual(["daily"]);
    const known = new Map(models?.map((one) => [one.model, one]));
    expect([...known.keys()].sort()).toEqual(["gpt-4", "gpt-4o", "o1"]);
    expect(known.get("gpt-4o")).toMatchObject({ windows: [{ rule: "each", used: 1, held: 0, left: 9 }] });
    expect(known.get("gpt-4")).toMatchObject({ windows: [{ held: 1 }], blockedUntil: new Date(NOON + 5) });
    expect(known.get("o1")).toMatchObject({ windows: [{ used: 0 }], isOff: true });
    expect((await readStatus(setup().context, { models: true })).models).toEqual([]);
  });

  it.each([
    ["a bucket is as full as it refills", { type: "bucket", spanMs: 60_000 }, NOON + 18_000],
    ["a rolling window forgets its newest call last", { type: "rolling", spanMs: 60_000 }, NOON + 60_000],
  ] as const)("says when all is back: %s", async (_, period, resetsAt) => {
    const { begin, status } = setup({ tier: tierOf(windowRule({ limit: 100, period })) });
    expect((await status()).windows[0]?.resetsAt).toEqual(new Date(NOON));
    await (await begin()).reservation.settle(cost(30));
    expect((await status()).windows[0]?.resetsAt).toEqual(new Date(resetsAt));
  });

  it("has an assumed day begin at the hour that was learned", async () => {
    const { context, status } = setup();
    const { store, name: account } = await context.account.open();
    await store.teach(account, [{ kind: "value", key: "reset_hour", value: 5 }]);
    expect((await status()).windows[0]?.resetsAt).toEqual(new Date("2026-03-11T05:00:02.000Z"));
  });

  it("tells of no block that was set under a clock far ahead: it is over", async () => {
    const { context, status } = setup();
    const { store, name: account } = await context.account.open();
    const block = { ...blockUntil(NOON + 60_001), longestMs: 60_000 };
    await store.teach(account, [{ kind: "block", ...block }]);
    expect(await status()).not.toHaveProperty("blockedUntil");
  });

  test.each([
    [1, true],
    [0, false],
    [-1, false],
  ])("tells of the server's block while it lasts: %i ms more: %s", async (ms, isTold) => {
    const { context, status } = setup();
    const { store, name: account } = await context.account.open();
    await store.teach(account, [{ kind: "block", ...blockUntil(NOON + ms) }]);
    const { blockedUntil } = await status();
    expect(blockedUntil).toEqual(isTold ? new Date(NOON + ms) : undefined);
  });

  it("tells of a block on what all calls count in, and of none on one model or on what only some count in", async () => {
    const { context, status } = setup();
    const { store, name: account } = await context.account.open();
    const teach = (name: string, ms: number) =>
      store.teach(account, [{ kind: "block", ...blockUntil(NOON + ms), name }]);
    await teach("model:gpt-4o", 1);
    await teach("credits:gpt-4o", 2);
    expect(await status()).not.toHaveProperty("blockedUntil");
    await teach("credits", 3);
    await teach("account", 4);
    expect((await status()).blockedUntil).toEqual(new Date(NOON + 4));
  });

  it("tells of no time where the provider wants to be paid first", async () => {
    const { context, status } = setup();
    const { store, name: account } = await context.account.open();
    await store.teach(account, [{ kind: "block", ...blockOff("payment_required", "account", "gpt-4o", NOON) }]);
    expect(await status()).toMatchObject({ paymentRequired: true });
    expect(await status()).not.toHaveProperty("blockedUntil");
    await resume(context.account);
    expect(await status()).not.toHaveProperty("paymentRequired");
  });
});
