import { describe, expect, it } from "vitest";
import { createTestContext, plan } from "../testing/call.js";
import { ask, createTestEngine, rejection } from "../testing/engine.js";
import { context, modelOf, read } from "../testing/requests.js";
import { tierOf, windowRule } from "../testing/tier.js";
import { decide } from "./decide.js";
import type { Tier, WindowRule } from "./tier.js";
import { tierLimits } from "./tier-limits.js";

const none = (fields: Partial<WindowRule> = {}) => windowRule({ id: "none", limit: 0, ...fields });
const actionOf = (tier: Tier, model: string) => decide(tier, context(read("chat", { model }))).action;

describe("a window with the limit 0", () => {
  it("refuses every call, naming the rule", () => {
    expect(decide(tierOf(none()), context(read("embedding")))).toMatchObject({
      action: "refuse",
      rule: "none",
      code: "model_not_on_tier",
      param: "model",
      message:
        '"text-embedding-3-small" is not on this tier (rule none has the limit 0). Use another model or another plan.',
    });
  });

  it.each(["requests", "credits", "tokens", "inputTokens", "outputTokens"] as const)(
    "refuses whatever it counts: %s",
    (meter) => {
      const tier = tierOf(none({ meter, ...(meter === "requests" ? {} : { hold: "asked" }) }));
      expect(decide(tier, context(read("chat")))).toMatchObject({ rule: "none", code: "model_not_on_tier" });
      expect(tierLimits(tier, modelOf("gpt-4o")).isServed).toBe(false);
    },
  );

  it.each(["model", "pool"] as const)(
    "refuses the models that it names alone, by their primary ids, and models of no known name with all others: %s",
    (scope) => {
      const one = tierOf(none({ scope, models: ["gpt-4o"] }));
      const others = tierOf(none({ scope, models: ["*", "!gpt-4o"] }));
      const actions = (tier: Tier) => ["gpt-4o-2024-08-06", "gpt-4o-mini", "nobodys"].map((id) => actionOf(tier, id));
      expect(actions(one)).toEqual(["refuse", "allow", "allow"]);
      expect(actions(others)).toEqual(["allow", "refuse", "refuse"]);
      expect(decide(one, context(read("chat", { model: "gpt-4o" })))).toMatchObject({
        message: expect.stringMatching(/^"gpt-4o" is not on this tier/),
      });
    },
  );

  it("leaves models out of those that the tier serves", () => {
    const tier = tierOf(none({ scope: "model", models: ["gpt-4o"] }));
    expect(tierLimits(tier, modelOf("gpt-4o")).isServed).toBe(false);
    expect(tierLimits(tier, modelOf("gpt-4o-mini")).isServed).toBe(true);
    expect(tierLimits(tier, undefined).isServed).toBe(true);
  });

  it.each([1, 1_000])("is none with the limit %i", (limit) => {
    expect(actionOf(tierOf(none({ limit })), "gpt-4o")).toBe("allow");
  });
});

describe("an engine whose tier has one", () => {
  const tierWithout = (...models: string[]): Tier => ({
    ...tierOf(none({ scope: "model", models }), windowRule()),
    title: "Own tier",
  });
  const tier = tierWithout("gpt-4o");

  it("refuses such a call before it is sent, and counts it nowhere", async () => {
    const { context: engine } = createTestContext({ tier });
    expect(() => plan(engine, ask("Hello", { model: "gpt-4o" }))).toThrow(/^Own tier: "gpt-4o" is not on this tier/);
    const { laplas } = createTestEngine("http://upstream.test/v1", {
      tier,
      fetch: () => Promise.reject(new Error("sent")),
    });
    expect(await rejection(laplas.chat(ask("Hello", { model: "gpt-4o" })))).toMatchObject({
      code: "model_not_on_tier",
      retryable: false,
      rule: "none",
    });
    expect(await laplas.check(ask("Hello", { model: "gpt-4o" }))).toMatchObject({
      verdict: "refuse",
      error: { code: "model_not_on_tier", rule: "none" },
    });
    expect((await laplas.check(ask("Hello"))).verdict).toBe("pass");
  });

  it("shows the other windows, no calls left of such models, and no such model as a way out", async () => {
    const { laplas } = createTestEngine("http://upstream.test/v1", { tier });
    expect((await laplas.status()).windows.map(({ rule }) => rule)).toEqual(["daily"]);
    const left = async (search: string) =>
      (await laplas.models({ search })).map(({ id, callsLeft }) => [id, callsLeft]);
    expect(await left("gpt-4o")).toContainEqual(["gpt-4o", 0]);
    expect(await left("gpt-4o-mini")).toContainEqual(["gpt-4o-mini", 62]);
    const dear = { request: ask("Hello", { model: "gpt-4" }), count: 5 };
    const { fitting } = await laplas.plan([dear]);
    expect(fitting.length).toBeGreaterThan(0);
    const free = fitting.map(({ model }) => model);
    const allOff = createTestEngine("http://upstream.test/v1", { tier: tierWithout(...free) }).laplas;
    const { fitting: others } = await allOff.plan([dear]);
    expect(others.filter(({ model }) => free.includes(model))).toEqual([]);
  });
});
