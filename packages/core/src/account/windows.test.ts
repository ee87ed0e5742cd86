import { describe, expect, it, test } from "vitest";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { LaplasOptions } from "../options.js";
import { createTestContext, NOON } from "../testing/call.js";
import { evidence, tierOf, windowRule } from "../testing/tier.js";
import type { Evidence } from "../tier/tier.js";
import { countedWindows, isAssumedDay, windowsOf, withResetHour } from "./windows.js";

const HOUR_MS = 3_600_000;
const published: Evidence = { source: "a test", date: "2026-01-01", status: "published" };
const tier = (...rules: Parameters<typeof tierOf>) => ({ tier: { name: "own", title: "Own", rules } });

describe("the windows of a tier", () => {
  const rules = [
    windowRule({ id: "all" }),
    windowRule({ id: "each", scope: "model" }),
    windowRule({ id: "named", scope: "model", models: ["o1"] }),
    windowRule({ id: "pool", scope: "pool", models: ["gpt-*", "o1"] }),
    windowRule({ id: "others", scope: "model", models: ["!o1"] }),
  ];

  test.each([
    ["gpt-4o", ["all", "each", "pool", "others"]],
    ["o1", ["all", "each", "named", "pool"]],
    ["flux/dev", ["all", "each", "others"]],
    [undefined, ["all"]],
  ])("for model %s are %j", (model, ids) => {
    const own = tierOf({ id: "single", kind: "concurrency", limit: 1, evidence }, ...rules);
    expect(windowsOf(own, model).map(({ id }) => id)).toEqual(ids);
  });
});

test("what has the limit 0 is counted nowhere", () => {
  const own = tierOf(windowRule({ id: "none", limit: 0 }), windowRule({ id: "one", limit: 1 }));
  expect(windowsOf(own, "gpt-4o").map(({ id }) => id)).toEqual(["one"]);
  expect(countedWindows(own).map(({ id }) => id)).toEqual(["one"]);
});

describe("the windows that bind a call", () => {
  /** An account that has learned that the server's day begins at five. */
  async function learned(options: LaplasOptions = {}) {
    const { account } = createTestContext(options).context;
    const { store, name } = await account.open();
    await store.teach(name, [{ kind: "value", key: "reset_hour", value: 5 }]);
    return account;
  }

  test.each([
    ["free", "gpt-4o-mini", ["daily_api_tokens"]],
    ["playground", "gpt-4o-mini", ["daily_api_tokens", "daily_requests"]],
    ["playground", undefined, ["daily_api_tokens"]],
    ["paid", "gpt-4o-mini", []],
  ] as const)("on tier %s with model %s", async (name, model, ids) => {
    const { context } = createTestContext({ tier: name });
    expect((await context.account.windowsFor(model)).map(({ id }) => id)).toEqual(ids);
  });

  it("are fewer for a model that a rule leaves out", async () => {
    const requests = windowRule({ id: "daily_requests", meter: "requests", scope: "model", models: ["!gpt-4o"] });
    const own = { name: "own", title: "Own", extends: "playground", rules: [requests] };
    const { context } = createTestContext({ tier: own });
    expect((await context.account.windowsFor("gpt-4o")).map(({ id }) => id)).toEqual(["daily_api_tokens"]);
    expect((await context.account.windowsFor("gpt-4")).map(({ id }) => id)).toEqual([
      "daily_api_tokens",
      "daily_requests",
    ]);
  });

  it("begin at the hour that was learned", async () => {
    const [window] = await (await learned()).windowsFor("gpt-4o-mini");
    expect(window?.period).toEqual({ type: "day", zone: "UTC", resetHour: 5 });
  });

  it("begin as the tier says until it is learned", async () => {
    const { context } = createTestContext(tier(windowRule()));
    expect(await context.account.windowsFor("gpt-4o-mini")).toEqual([windowRule()]);
  });

  it("need no learned hour where no day is assumed: the ledger is not asked", async () => {
    const store = createMemoryStore({ now: () => NOON });
    const ledger = { ...store, learned: () => Promise.reject(new Error("was asked")) };
    const { context } = createTestContext({ ledger, ...tier(windowRule({ evidence: published })) });
    expect(await context.account.windowsFor("gpt-4o-mini")).toEqual([windowRule({ evidence: published })]);
  });
});

describe("a learned hour", () => {
  const assumedDay = windowRule({ period: { type: "day", zone: "Europe/Berlin", resetHour: 1 } });
  const others = [
    windowRule({ evidence: published }),
    windowRule({ period: { type: "hour" } }),
    windowRule({ period: { type: "month", zone: "UTC", resetHour: 0 } }),
    windowRule({ period: { type: "rolling", spanMs: HOUR_MS } }),
    windowRule({ period: { type: "bucket", spanMs: HOUR_MS } }),
  ];

  it("replaces an assumed day only", () => {
    expect(withResetHour([...others, assumedDay], 5)).toEqual([
      ...others,
      { ...assumedDay, period: { type: "day", zone: "UTC", resetHour: 5 } },
    ]);
    expect([...others, assumedDay].map(isAssumedDay)).toEqual([false, false, false, false, false, true]);
  });

  it("may be midnight, and changes nothing while it is not known", () => {
    expect(withResetHour([assumedDay], 0)[0]?.period).toEqual({ type: "day", zone: "UTC", resetHour: 0 });
    expect(withResetHour([assumedDay], undefined)).toEqual([assumedDay]);
  });
});
