import { describe, expect, it, test } from "vitest";
import { ask, createPair } from "./testing/engine.js";
import { windowRule } from "./testing/tier.js";
import type { WindowRule } from "./tier/tier.js";

const hello = (model: string) => ask("Hello", { model });

describe("a plan", () => {
  it("of what fits today says so, and spends nothing", async () => {
    const { laplas, sandbox } = await createPair();
    const plan = await laplas.plan([{ request: hello("gpt-4o-mini"), count: 20 }, { request: hello("gpt-4.1-nano") }]);
    expect(plan).toMatchObject({ calls: 21, requests: 21, fitsToday: true, days: 1, refused: [], fitting: [] });
    expect(plan).not.toHaveProperty("boundBy");
    expect(plan.apiTokens.expected).toBeGreaterThan(0);
    expect(plan.apiTokens.worst).toBeGreaterThan(plan.apiTokens.expected);
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
    const costs = plain.fitting.map(({ apiTokens }) => apiTokens);
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
    ["model tokens", { metric: "tokens", limit: 1_000 }, 2],
    // 4 tokens for the message, and 1.25 or 2.5 of its 5 characters.
    ["input tokens", { metric: "inputTokens", limit: 12 }, 5],
    ["output tokens", { metric: "outputTokens", limit: 150 }, 10],
    ["what each call asks for", { metric: "outputTokens", limit: 500, hold: "asked" }, 4],
    [
      "what it usually needs, where the rest is given back",
      { metric: "outputTokens", limit: 500, hold: "asked", refund: true },
      3,
    ],
  ])("counts in a window of %s", async (_, window, days) => {
    const { laplas } = await createPair({ tier: { name: "own", title: "Own", rules: [windowRule(window)] } });
    const request = ask("Hello", { max_tokens: 200 });
    expect(await laplas.plan([{ request, count: 10 }])).toMatchObject({ days });
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
