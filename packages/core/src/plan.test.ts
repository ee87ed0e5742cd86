import { describe, expect, it, onTestFinished, test } from "vitest";
import { mergeModels } from "./catalog/merge-models.js";
import { checkRequest } from "./check.js";
import { TOKEN_UNIT } from "./cost/meter.js";
import { createContext } from "./create-context.js";
import { listModels } from "./model-status.js";
import { resolveOptions } from "./options.js";
import { planJob } from "./plan.js";
import { completeProvider } from "./provider/complete-provider.js";
import { NOON } from "./testing/call.js";
import { ask, createPair, rejection } from "./testing/engine.js";
import { evidence, tierOf, windowRule } from "./testing/tier.js";
import type { Rule, WindowRule } from "./tier/tier.js";

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

  it("of nothing takes no day", async () => {
    const { laplas } = await createPair();
    expect(await laplas.plan([])).toMatchObject({ calls: 0, days: 0, fitsToday: true });
  });

  test.each(["paid"] as const)("on tier %s always fits", async (tier) => {
    const { laplas } = await createPair({ tier });
    expect(await laplas.plan([{ request: hello("gpt-4"), count: 1_000_000 }])).toMatchObject({ fitsToday: true });
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
