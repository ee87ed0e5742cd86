import { freeTier, paidTier, playgroundTier, type Rule, type Tier, type WindowRule } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { tierBody } from "./tier-body.js";

const evidence = { source: "", date: "2026-01-01", status: "published" } as const;
const unit = { name: "neurons", field: "credits" } as const;
const tierOf = (...rules: Rule[]): Tier => ({ name: "own", title: "Own", unit, rules });
const windowOf = (fields: Partial<WindowRule>): WindowRule => ({
  id: "w",
  kind: "window",
  meter: "requests",
  limit: 5,
  period: { type: "hour" },
  scope: "account",
  marginMs: 0,
  evidence,
  ...fields,
});
const rule = (fields: Rule) => tierBody(tierOf(fields)).rules[0];
const given = (fields: Partial<WindowRule>) => rule(windowOf(fields))?.given;

describe("rules in words", () => {
  it("are there for every rule of laplas's tiers", () => {
    const { rules } = tierBody(playgroundTier);
    expect(Object.fromEntries(rules.map(({ id, given, more }) => [id, `${given} ${more}`]))).toMatchObject({
      output_tokens: "512 output tokens an answer More is lowered to that.",
      image_input: "No pictures in messages A message that has one is refused.",
      image_count: "1 picture a request More become several requests (for 10 of the models).",
      image_size: "Pictures of 512 × 512 More is lowered to that (for dall-e-2 and dall-e-3).",
      request_cost:
        "512 API tokens a picture Requests that the provider rejects as too expensive are refused until the reset.",
      one_at_a_time: "1 call at a time Others wait their turn. Assumed: nobody publishes it.",
      daily_api_tokens:
        "50,000 API tokens a day After that calls are refused until the reset. Assumed: nobody publishes it.",
      daily_requests:
        "10 requests a day per model After that calls are refused until the reset. Assumed: nobody publishes it.",
    });
    expect(rules).toHaveLength(freeTier.rules.length + 1);
    expect(tierBody(paidTier)).toMatchObject({ rules: [], slots: null, is_daily: true });
  });

  it("say that further requests continue an answer, where the gateway's engine does so and the tier lowers what is asked", () => {
    const cap = { id: "cap", kind: "maxOutputTokens", limit: 512, onExcess: "adjust", evidence } as const;
    const words = (rule: Rule, followUps?: number) => {
      return tierBody(tierOf(rule), followUps).rules.map(({ given, more }) => `${given}. ${more}`);
    };
    expect(words(cap, 8)).toEqual(["512 output tokens a request. Up to 8 further requests continue a longer answer."]);
    expect(words({ ...cap, models: ["gpt-4o"] }, 1)).toEqual([
      "512 output tokens a request. Up to 1 further request continues a longer answer (for gpt-4o).",
    ]);
    expect(words(cap, 0)).toEqual(["512 output tokens an answer. More is lowered to that."]);
    expect(words({ ...cap, onExcess: "refuse" }, 8)).toEqual(["512 output tokens an answer. More is refused."]);
  });

  it("have the provider's unit", () => {
    expect(tierBody(tierOf())).toMatchObject({ unit: "neurons", metric: "credits" });
    expect(given({ meter: "credits" })).toBe("5 neurons an hour");
    expect(given({ meter: "tokens" })).toBe("5 model tokens an hour");
    expect(rule({ id: "cost", kind: "maxRequestCost", limit: 9, modalities: ["chat"], evidence })?.given).toBe(
      "9 neurons a request",
    );
  });

  it("are there for windows of other lengths", () => {
    expect(given({ period: { type: "rolling", spanMs: 600_000 }, scope: "model" })).toBe(
      "5 requests in 10 min per model",
    );
    expect(given({ period: { type: "minute" } })).toBe("5 requests a minute");
    expect(given({ period: { type: "month", zone: "UTC", resetHour: 0 } })).toBe("5 requests a month");
    expect(given({ period: { type: "bucket", spanMs: 120_000 } })).toBe("5 requests, refilled over 2 min");
  });

  it("say that calls wait where they do, and that they are refused where the wait is long", () => {
    const more = (period: WindowRule["period"]) => rule(windowOf({ period, limit: 1 }))?.more;
    expect(more({ type: "minute" })).toBe("After that calls wait for the next minute.");
    expect(more({ type: "bucket", spanMs: 60_000 })).toBe("After that calls wait until enough has refilled.");
    expect(more({ type: "bucket", spanMs: 60_001 })).toBe("After that calls are refused until enough has refilled.");
    expect(more({ type: "rolling", spanMs: 60_000 })).toBe("After that calls wait until there is room.");
    expect(more({ type: "rolling", spanMs: 60_001 })).toBe("After that calls are refused until there is room.");
    expect(more({ type: "hour" })).toBe("After that calls are refused until the reset.");
    expect(given({ limit: 1 })).toBe("1 request an hour");
  });

  it("name the models that a rule binds, and those that it leaves out", () => {
    expect(rule(windowOf({ models: ["a", "b", "!c"] }))?.more).toBe(
      "After that calls are refused until the reset (for a and b, but not c).",
    );
    expect(rule(windowOf({ models: ["!c"] }))?.more).toBe(
      "After that calls are refused until the reset (for all but c).",
    );
    expect(rule(windowOf({ limit: 0, models: ["a"] }))).toMatchObject({
      given: "No requests (for a)",
      more: "Not on this plan.",
    });
    expect(rule({ id: "m", kind: "allowedModels", models: ["a", "b"], evidence })?.given).toBe("A and b");
    expect(rule({ id: "m", kind: "allowedModels", models: ["a", "b", "c", "d"], evidence })?.given).toBe("4 models");
    expect(rule({ id: "m", kind: "allowedModels", models: ["a", "b*"], evidence })).toMatchObject({
      given: "Some of its models",
      more: "They are a, b*. Others are refused.",
    });
    expect(rule({ id: "i", kind: "maxInputTokens", limit: 8_000, evidence })?.given).toBe("8,000 tokens a prompt");
    const partTypes = ["input_audio", "file"];
    expect(rule({ id: "f", kind: "forbiddenContent", partTypes, evidence })?.given).toBe(
      "No sound or files in messages",
    );
  });
});

describe("facts of a tier", () => {
  it("are what a page would else read from rules", () => {
    const free = tierBody(freeTier);
    expect(free).toMatchObject({ unit: "API tokens", metric: "api_tokens", slots: 1, is_daily: true });
    expect(free.rules.filter(({ is_shared: isShared }) => isShared).map(({ id }) => id)).toEqual([
      "one_at_a_time",
      "daily_api_tokens",
    ]);
    expect(tierBody(tierOf(windowOf({}))).is_daily).toBe(false);
  });

  it("say of a window what it spans, and whether other models have calls when it is used up", () => {
    const day = { type: "day", zone: "UTC", resetHour: 0 } as const;
    const facts = (fields: Partial<WindowRule>) => rule(windowOf(fields))?.window;
    expect(facts({ period: day })).toEqual({
      when: "today",
      is_day: true,
      is_rolling: false,
      is_waited_for: false,
      is_of_some_models: false,
    });
    expect(facts({ period: day, scope: "model" })).toMatchObject({ is_of_some_models: true });
    expect(facts({ period: { type: "rolling", spanMs: 60_000 }, models: ["a"] })).toMatchObject({
      when: "this minute",
      is_rolling: true,
      is_waited_for: true,
      is_of_some_models: true,
    });
    expect(rule({ id: "c", kind: "concurrency", limit: 2, evidence })?.window).toBeNull();
  });
});
