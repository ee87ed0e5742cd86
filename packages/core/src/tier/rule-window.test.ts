import { describe, expect, it, test } from "vitest";
import { createTestContext, plan } from "../testing/call.js";
import { ask, createTestEngine, rejection } from "../testing/engine.js";
import { context, modelOf, read } from "../testing/requests.js";
import { tierOf, windowRule } from "../testing/tier.js";
import { decide } from "./decide.js";
import { bindsClass, classOf } from "./rule-window.js";
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
      message: "models are not on this tier (rule none has the limit 0). Use another model or another plan.",
    });
  });

  it.each(["requests", "apiTokens", "tokens", "inputTokens", "outputTokens"] as const)(
    "refuses whatever it counts: %s",
    (metric) => {
      const tier = tierOf(none({ metric, ...(metric === "requests" ? {} : { hold: "asked" }) }));
      expect(decide(tier, context(read("chat")))).toMatchObject({ rule: "none", code: "model_not_on_tier" });
      expect(tierLimits(tier, modelOf("gpt-4o")).isServed).toBe(false);
    },
  );

  it("refuses its class alone, by the model's primary id, and models of no known name as regular ones", () => {
    const pro = { ...tierOf(none({ class: "pro" })), proModels: ["gpt-4o"] };
    const regular = { ...tierOf(none({ class: "regular" })), proModels: ["gpt-4o"] };
    const actions = (tier: Tier) => ["gpt-4o-2024-08-06", "gpt-4o-mini", "nobodys"].map((id) => actionOf(tier, id));
    expect(actions(pro)).toEqual(["refuse", "allow", "allow"]);
    expect(actions(regular)).toEqual(["allow", "refuse", "refuse"]);
    expect(decide(pro, context(read("chat", { model: "gpt-4o" })))).toMatchObject({
      message: expect.stringMatching(/^Pro models are not on this tier/),
    });
  });

  it("refuses on its surface alone", () => {
    expect(actionOf(tierOf(none({ surface: "playground" })), "gpt-4o")).toBe("allow");
    expect(actionOf(tierOf(none({ surface: "api" })), "gpt-4o")).toBe("refuse");
  });

  it("leaves models out of those that the tier serves", () => {
    const tier = { ...tierOf(none({ class: "pro" })), proModels: ["gpt-4o"] };
    expect(tierLimits(tier, modelOf("gpt-4o")).isServed).toBe(false);
    expect(tierLimits(tier, modelOf("gpt-4o-mini")).isServed).toBe(true);
    expect(tierLimits(tier, undefined).isServed).toBe(true);
  });

  it.each([1, 1_000])("is none with the limit %i", (limit) => {
    expect(actionOf(tierOf(none({ limit })), "gpt-4o")).toBe("allow");
  });
});

describe("an engine whose tier has one", () => {
  const rules = [none({ class: "pro" }), windowRule()];
  const tier = { name: "own", title: "Own tier", proModels: ["gpt-4o"], rules };

  it("refuses such a call before it is sent, and counts it nowhere", async () => {
    const { context: engine } = createTestContext({ tier });
    expect(() => plan(engine, ask("Hello", { model: "gpt-4o" }))).toThrow(/^Own tier: Pro models are not on this tier/);
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
    const allOff = createTestEngine("http://upstream.test/v1", { tier: { ...tier, proModels: free } }).laplas;
    const { fitting: others } = await allOff.plan([dear]);
    expect(others.filter(({ model }) => free.includes(model))).toEqual([]);
  });
});

test("a model that the tier lists is Pro, every other is regular", () => {
  const own = { proModels: ["gpt-4o"] };
  expect([classOf(own, "gpt-4o"), classOf(own, "gpt-4o-mini")]).toEqual(["pro", "regular"]);
});

test.each<[Partial<WindowRule>, boolean]>([
  [{}, true],
  [{ class: "pro" }, true],
  [{ class: "regular" }, false],
  [{ surface: "api" }, true],
  [{ surface: "playground" }, false],
  [{ class: "pro", surface: "playground" }, false],
])("a window %o binds Pro models on surface api: %s", (fields, binds) => {
  expect(bindsClass(windowRule(fields), { surface: "api" }, "pro")).toBe(binds);
});
