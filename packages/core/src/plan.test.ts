import { describe, expect, it, onTestFinished, test } from "vitest";
import { mergeModels } from "./catalog/merge-models.js";
import { checkRequest } from "./check.js";
import { TOKEN_UNIT } from "./cost/meter.js";
import { createContext } from "./create-context.js";
import type { Block } from "./ledger/ledger-store.js";
import { listModels } from "./model-status.js";
import { resolveOptions } from "./options.js";
import { type PlannedCall, planJob } from "./plan.js";
import { completeProvider } from "./provider/complete-provider.js";
import { blockUntil, createTestContext, NOON } from "./testing/call.js";
import { ask, createPair, rejection } from "./testing/engine.js";
import { DAY_MS } from "./testing/ledger.js";
import { evidence, tierOf, windowRule } from "./testing/tier.js";
import type { Rule, Tier, WindowRule } from "./tier/tier.js";

const HOUR_MS = 3_600_000;

const hello = (model: string) => ask("Hello", { model });

describe("a plan", () => {
  it("of what fits today says so, and spends nothing", async () => {
    const { laplas, sandbox } = await createPair();
    const plan = await laplas.plan([{ request: hello("gpt-4o-mini"), count: 20 }, { request: hello("gpt-4.1-nano") }]);
    expect(plan).toMatchObject({ calls: 21, requests: 21, fitsToday: true, days: 1, refused: [], fitting: [] });
    expect(plan).not.toHaveProperty("boundBy");
    expect(plan.cost.expected).toBeGreaterThan(0);
    expect(plan.cost.worst).toBeGreaterThan(plan.cost.expected);
    expect(plan.cost.unit).toBe("API tokens");
    expect(plan.apiTokens).toEqual({ expected: plan.cost.expected, worst: plan.cost.worst });
    expect(plan.takesMs).toBe(0);
    expect(sandbox.counts().received).toBe(0);
  });

  it("says how many days it takes at most, where these are more", async () => {
    const { laplas } = await createPair();
    const plan = await laplas.plan([{ request: hello("gpt-4o-mini"), count: 2_000 }]);
    expect(plan).toMatchObject({ fitsToday: true, days: 1 });
    // 50,000 of today, and as many of every day after it.
    expect(plan.worstDays).toBe(1 + Math.ceil((plan.cost.worst - 50_000) / 50_000));
    expect(await laplas.plan([{ request: hello("gpt-4o-mini") }])).not.toHaveProperty("worstDays");
  });

  it("counts with what such calls have cost", async () => {
    const { laplas } = await createPair();
    await laplas.chat(hello("gpt-4"));
    const plan = await laplas.plan([{ request: hello("gpt-4"), count: 100 }]);
    // 1,764 each; 48,236 are left of today.
    expect(plan).toMatchObject({
      apiTokens: { expected: 176_400 },
      fitsToday: false,
      days: 4,
      boundBy: "daily_api_tokens",
    });
  });

  it("names models with which it fits, cheapest first, that can do what is asked for", async () => {
    const { laplas } = await createPair();
    const plain = await laplas.plan([{ request: hello("gpt-4"), count: 100 }]);
    expect(plain.fitting).toHaveLength(5);
    const costs = plain.fitting.map(({ cost }) => cost);
    expect(plain.fitting.map(({ apiTokens }) => apiTokens)).toEqual(costs);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    expect(Math.max(...costs)).toBeLessThanOrEqual(50_000);
    const tools = [{ type: "function", function: { name: "f", description: "d", parameters: { type: "object" } } }];
    const withTools = await laplas.plan([{ request: ask("Hello", { model: "gpt-4", tools }), count: 100 }]);
    for (const { model } of withTools.fitting) {
      expect(laplas.findModel(model)).toMatchObject({ model: { capabilities: { tools: true } } });
    }
  });

  it("counts images by the requests they become, texts by theirs", async () => {
    const { laplas } = await createPair();
    const image = { model: "flux/schnell", prompt: "a cat", n: 4 };
    const texts = { model: "BAAI/bge-base-en-v1.5", input: ["a", "b", "c"] };
    expect(await laplas.plan([{ request: image, count: 2 }, { request: texts }])).toMatchObject({
      calls: 3,
      requests: 11,
    });
  });

  it("of requests that a tier counts is bound by their number, each model for itself", async () => {
    const { laplas } = await createPair({ tier: "playground" });
    const [one, other] = [hello("gpt-4o-mini"), hello("gpt-4.1-nano")];
    expect(
      await laplas.plan([
        { request: one, count: 10 },
        { request: other, count: 10 },
      ]),
    ).toMatchObject({ days: 1 });
    expect(await laplas.plan([{ request: one, count: 25 }])).toMatchObject({ days: 3, boundBy: "daily_requests" });
  });

  test.each<[string, Partial<WindowRule>, number]>([
    ["model tokens", { meter: "tokens", limit: 1_000 }, 2],
    // 4 tokens for the message, and 1.25 or 2.5 of its 5 characters.
    ["input tokens", { meter: "inputTokens", limit: 12 }, 5],
    ["output tokens", { meter: "outputTokens", limit: 150 }, 10],
    ["what each call asks for", { meter: "outputTokens", limit: 500, hold: "asked" }, 5],
    [
      "what it usually needs, where the rest is given back",
      { meter: "outputTokens", limit: 500, hold: "asked", refund: true },
      4,
    ],
  ])("counts in a window of %s", async (_, window, days) => {
    const { laplas } = await createPair({ tier: { name: "own", title: "Own", rules: [windowRule(window)] } });
    const request = ask("Hullo", { max_tokens: 200 });
    expect(await laplas.plan([{ request, count: 10 }])).toMatchObject({ days });
  });

  it("never spreads one call over days: what costs more than a day passes while anything is left", async () => {
    const { laplas } = await createPair({ now: () => NOON });
    const request = hello("o1-preview");
    expect(await laplas.plan([{ request }])).toMatchObject({ cost: { expected: 52_070 }, days: 1, fitsToday: true });
    const hours = 3_600_000;
    expect(await laplas.plan([{ request, count: 3 }])).toMatchObject({ days: 3, takesMs: 36 * hours + 2_000 });
  });

  it("says how long it takes in windows of minutes", async () => {
    const minute = windowRule({ id: "pace", meter: "requests", limit: 10, period: { type: "minute" }, marginMs: 0 });
    const { laplas } = await createPair({ tier: tierOf(minute), now: () => NOON + 20_000 });
    const plan = (count: number) => laplas.plan([{ request: hello("gpt-4o-mini"), count }]);
    expect(await plan(10)).toMatchObject({ takesMs: 0, days: 1 });
    expect(await plan(1_400)).toMatchObject({ takesMs: 40_000 + 138 * 60_000, days: 1, boundBy: "pace" });
    expect(await plan(15_000)).toMatchObject({ days: 2, fitsToday: false, boundBy: "pace" });
  });

  it("tells of a call that no window will ever have room for that it can't be made", async () => {
    const { laplas } = await createPair({
      tier: tierOf(windowRule({ meter: "tokens", limit: 100, period: { type: "bucket", spanMs: 60_000 } })),
    });
    const request = ask("word ".repeat(1_000));
    const { refused, calls } = await laplas.plan([{ request }, { request: ask("Hi", { max_tokens: 20 }) }]);
    expect([refused, calls]).toEqual([[{ index: 0, error: expect.objectContaining({ code: "request_cost" }) }], 1]);
    expect(await rejection(laplas.chat(request))).toMatchObject({ code: "request_cost" });
  });

  it("names no model whose context is too small, and none that a rule refuses", async () => {
    const models = [
      {
        id: "own/short",
        modality: "chat",
        contextTokens: 1_000,
        rates: { input: 0.001, output: 0.001, evidence: "test" },
      },
      {
        id: "own/long",
        modality: "chat",
        contextTokens: 1_300,
        rates: { input: 0.001, output: 0.001, evidence: "test" },
      },
      { id: "own/closed", modality: "chat", rates: { input: 0.001, output: 0.001, evidence: "test" } },
    ] as const;
    const closed = windowRule({ id: "closed", limit: 0, scope: "model", models: ["own/closed"] });
    // Others cost nothing, and would come before them.
    const few: Rule = { id: "few", kind: "allowedModels", models: ["own/*", "gpt-4"], evidence };
    const { laplas } = await createPair({ models, tier: tierOf(windowRule({ limit: 50_000 }), closed, few) });
    // About 1,250 tokens each: a low estimate is 625.
    const { fitting } = await laplas.plan([{ request: ask("word ".repeat(1_000), { model: "gpt-4" }), count: 100 }]);
    const named = fitting.map(({ model }) => model).filter((model) => model.startsWith("own/"));
    expect(named).toEqual(["own/long"]);
  });

  it("tells what can never be made, and plans the rest", async () => {
    const { laplas } = await createPair();
    const content = [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }];
    const plan = await laplas.plan([
      { request: { model: "gpt-4o", messages: [{ role: "user", content }] } },
      { request: hello("gpt-4o-mini") },
      { request: hello("veo2") },
    ]);
    expect(plan).toMatchObject({
      calls: 1,
      refused: [
        { index: 0, error: { code: "image_input" } },
        { index: 2, error: { code: "model_not_on_tier" } },
      ],
    });
  });

  it("of which the tier takes nothing does not fit, though it takes no time", async () => {
    const { laplas } = await createPair();
    const plan = await laplas.plan([{ request: hello("veo2") }, { request: hello("sora"), count: 3 }]);
    expect(plan).toMatchObject({ calls: 0, days: 0, takesMs: 0, fitsToday: false, fitting: [] });
    expect(plan.refused).toHaveLength(2);
  });

  it("of nothing takes no day", async () => {
    const { laplas } = await createPair();
    expect(await laplas.plan([])).toMatchObject({ calls: 0, days: 0, fitsToday: true });
  });

  test.each(["paid"] as const)("on tier %s always fits", async (tier) => {
    const { laplas } = await createPair({ tier });
    expect(await laplas.plan([{ request: hello("gpt-4"), count: 1_000_000 }])).toMatchObject({ fitsToday: true });
  });
});

describe("a plan of an account in which something is closed", () => {
  /** What a server's answers have closed, as calls would have learned it. */
  async function withBlocks(tier: Tier, ...blocks: Partial<Block>[]) {
    const { context } = createTestContext({ tier });
    const { store, name } = await context.account.open();
    await store.teach(
      name,
      blocks.map((block) => ({ kind: "block", ...blockUntil(NOON), needsProbe: false, ...block })),
    );
    return context;
  }
  const tier = tierOf(windowRule({ limit: 50_000, marginMs: 0 }));
  const midnight = NOON + 12 * HOUR_MS;

  test.each<[string, Partial<Block>, object]>([
    ["until tomorrow begins then", { until: midnight }, { days: 2, fitsToday: false, takesMs: 12 * HOUR_MS }],
    ["of one model only", { until: midnight, name: "model:gpt-4o-mini" }, { days: 2, takesMs: 12 * HOUR_MS }],
    ["of a bucket of calls", { until: midnight, name: "credits" }, { days: 2, takesMs: 12 * HOUR_MS }],
    ["for an hour ends with it", { until: NOON + HOUR_MS }, { days: 1, fitsToday: true, takesMs: HOUR_MS }],
    ["that is over holds nothing up", { until: NOON }, { days: 1, fitsToday: true, takesMs: 0 }],
    ["of another model holds nothing up", { until: midnight, name: "model:gpt-4" }, { days: 1, takesMs: 0 }],
    ["of a provider that does not answer", { until: NOON + 30_000, name: "breaker" }, { days: 1, takesMs: 30_000 }],
  ])("a block %s", async (_, block, expected) => {
    const context = await withBlocks(tier, { rule: "server", ...block });
    const plan = await planJob(context, [{ request: hello("gpt-4o-mini") }]);
    expect(plan).toMatchObject(expected);
    expect(plan.boundBy).toBe(plan.takesMs > 0 ? "server" : undefined);
  });

  it("counts the windows from the block's end on: today's is over by then", async () => {
    const context = await withBlocks(tierOf(windowRule({ meter: "requests", limit: 10, marginMs: 0 })), {
      until: midnight + HOUR_MS,
    });
    const plan = (count: number) => planJob(context, [{ request: hello("gpt-4o-mini"), count }]);
    expect(await plan(10)).toMatchObject({ days: 2, takesMs: 13 * HOUR_MS });
    expect(await plan(11)).toMatchObject({ days: 3, takesMs: 36 * HOUR_MS });
  });

  test.each([
    ["model_not_on_tier", "model:gpt-4o-mini", "gpt-4.1-nano"],
    ["payment_required", "account", undefined],
  ] as const)("has %s say that its calls can't be made, and names no model that is off", async (code, name, open) => {
    const context = await withBlocks(tier, { until: NOON + 100 * 365 * DAY_MS, name, code });
    const plan = await planJob(context, [
      { request: hello("gpt-4o-mini"), count: 3 },
      { request: hello("gpt-4.1-nano") },
    ]);
    const indexes = open === undefined ? [0, 1] : [0];
    expect(plan.refused).toEqual(indexes.map((index) => ({ index, error: expect.objectContaining({ code }) })));
    expect(plan).toMatchObject({ calls: open === undefined ? 0 : 1 });
  });

  it("names no model that is closed, for an hour or for good", async () => {
    const job = [{ request: hello("gpt-4"), count: 100 }];
    const free = await planJob(await withBlocks(tier), job);
    const [first, second] = free.fitting.map(({ model }) => model);
    const name = (model: string | undefined) => `model:${model}`;
    const closed = await planJob(
      await withBlocks(
        tier,
        { until: NOON + HOUR_MS, name: name(first) },
        { until: NOON + 100 * 365 * DAY_MS, name: name(second), code: "model_not_on_tier" },
      ),
      job,
    );
    expect(closed.fitting).toHaveLength(5);
    expect(closed.fitting.map(({ model }) => model)).not.toContain(first);
    expect(closed.fitting.map(({ model }) => model)).not.toContain(second);
    const account = await planJob(await withBlocks(tier, { until: midnight, name: "account" }), job);
    expect(account).toMatchObject({ fitsToday: false, fitting: [] });
  });

  it("refuses an image whose price the server has refused today, as the call would", async () => {
    const { laplas, sandbox } = await createPair({}, { imagePrices: () => 600 });
    const request = { model: "flux/schnell", prompt: "a cat" };
    expect(await laplas.plan([{ request }])).toMatchObject({ calls: 1, refused: [] });
    expect(await rejection(laplas.image(request))).toMatchObject({ code: "request_cost" });
    const { received } = sandbox.counts();
    expect(await laplas.plan([{ request }])).toMatchObject({
      calls: 0,
      refused: [{ index: 0, error: { code: "request_cost" } }],
    });
    expect(sandbox.counts().received).toBe(received);
  });
});

describe("how long a plan takes", () => {
  const minute = windowRule({ id: "pace", meter: "requests", limit: 10, period: { type: "minute" }, marginMs: 0 });
  const day = windowRule({ meter: "requests", limit: 1_000, marginMs: 0 });
  const at = (hour: number, minutes = 0) => NOON - 12 * HOUR_MS + hour * HOUR_MS + minutes * 60_000;
  const plan = async (now: number, count: number, ...rules: WindowRule[]) => {
    const { laplas } = await createPair({ tier: tierOf(...rules), now: () => now });
    return laplas.plan([{ request: hello("gpt-4o-mini"), count }]);
  };

  it("does not fit today where it goes on beyond the reset of the day", async () => {
    expect(await plan(at(23, 50), 100, minute, day)).toMatchObject({ fitsToday: true, days: 1, takesMs: 9 * 60_000 });
    expect(await plan(at(23, 50), 101, minute, day)).toMatchObject({
      fitsToday: false,
      days: 2,
      takesMs: 10 * 60_000,
      boundBy: "pace",
    });
  });

  it("counts days by the reset of the provider's day; without one, by midnight UTC", async () => {
    const six = { ...day, period: { type: "day", zone: "UTC", resetHour: 6 } } as const;
    expect(await plan(at(23, 50), 101, minute, six)).toMatchObject({ fitsToday: true, days: 1 });
    expect(await plan(at(5, 50), 101, minute, six)).toMatchObject({ fitsToday: false, days: 2 });
    expect(await plan(at(23, 50), 101, minute)).toMatchObject({ fitsToday: false, days: 2 });
  });

  it("has a day use no more than its minutes let through, and its last minutes last", async () => {
    // 100 pass before midnight, 1,000 tomorrow, and 100 the day after.
    expect(await plan(at(23, 50), 1_200, minute, day)).toMatchObject({ days: 3, boundBy: "daily" });
    // 1,000 today; the other 400 take 40 minutes of tomorrow.
    const { days, takesMs } = await plan(at(12), 1_400, minute, day);
    expect([days, Math.round((takesMs - 12 * HOUR_MS) / 60_000)]).toEqual([2, 40]);
  });

  it("is not made longer by the minutes of another model", async () => {
    const own = { ...day, scope: "model" } as const;
    const slow = { ...minute, limit: 1, scope: "model", models: ["gpt-4.1-nano"] } as const;
    const { laplas } = await createPair({ tier: tierOf(slow, own), now: () => at(23, 50) });
    const job = [
      { request: hello("gpt-4o-mini"), count: 1_000 },
      { request: hello("gpt-4.1-nano"), count: 2 },
    ];
    expect(await laplas.plan(job)).toMatchObject({ days: 1, takesMs: 60_000 });
  });

  it("has how many requests run at once, whose own time nobody knows", async () => {
    const { laplas } = await createPair();
    expect(await laplas.plan([{ request: hello("gpt-4o-mini"), count: 20 }])).toMatchObject({ atOnce: 1, takesMs: 0 });
    expect(await plan(NOON, 20, day)).not.toHaveProperty("atOnce");
  });

  it("names calls that cost more than all of a window, after which nothing passes", async () => {
    const { laplas } = await createPair({ now: () => NOON });
    const { fitsToday, overLimit } = await laplas.plan([
      { request: hello("gpt-4o-mini") },
      { request: hello("o1-preview") },
    ]);
    expect([fitsToday, overLimit]).toEqual([true, [{ index: 1, rule: "daily_api_tokens", limit: 50_000 }]]);
    expect(await laplas.plan([{ request: hello("gpt-4o-mini"), count: 9_000 }])).toMatchObject({ overLimit: [] });
  });
});

describe("a job that is no job", () => {
  test.each([0, -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", null])("has a count of %j", async (count) => {
    const { laplas } = await createPair();
    const job = [{ request: hello("gpt-4o-mini") }, { request: hello("gpt-4o-mini"), count }];
    expect(await rejection(laplas.plan(job as PlannedCall[]))).toMatchObject({
      code: "invalid_options",
      message: `"count" of the call at index 1 must be a whole number, 1 or more, not "${count}".`,
    });
  });

  test.each([["a"], [[null]], [["a"]], [undefined]])("is %j", async (job) => {
    const { laplas } = await createPair();
    expect(await rejection(laplas.plan(job as unknown as PlannedCall[]))).toMatchObject({ code: "invalid_options" });
  });
});

describe("a plan on a provider that counts in another unit", () => {
  it("names the unit, and has no API tokens", async () => {
    const tokens = { ...tierOf(windowRule({ limit: 1_000 })), unit: TOKEN_UNIT };
    const models = mergeModels(
      [],
      [
        { id: "one", modality: "chat" },
        { id: "other", modality: "chat" },
        { id: "gratis", modality: "chat", rates: { input: 0, output: 0 } },
      ],
    );
    const baseURL = "http://upstream.test/v1";
    const provider = completeProvider(
      { id: "other", title: "Other", baseURL, tiers: [] },
      { baseURL, models, findOffTier: () => undefined, tiers: [tokens] },
    );
    const context = createContext(resolveOptions({ apiKey: "key", ledger: "memory", now: () => NOON }, provider));
    onTestFinished(() => context.close());
    const request = ask("x".repeat(400), { model: "one", max_tokens: 50 });
    const plan = await planJob(context, [{ request, count: 10 }]);
    // 154 each: 6 of them in a window.
    expect(plan).toMatchObject({ cost: { expected: 1_540, worst: 2_540, unit: "tokens" }, days: 2, boundBy: "daily" });
    expect(plan).not.toHaveProperty("apiTokens");
    expect(plan.fitting).toEqual([{ model: "gratis", cost: 0 }]);
    expect(await checkRequest(context, request)).toMatchObject({ cost: { expected: 154, worst: 254, unit: "tokens" } });
    const [model] = await listModels(context, { search: "other" });
    expect(model).toMatchObject({ costPerCall: 18, costBasis: "inferred", callsLeft: 55 });
  });
});
