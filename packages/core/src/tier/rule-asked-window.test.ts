import { describe, expect, it, test } from "vitest";
import { createTestContext, plan } from "../testing/call.js";
import { context, read } from "../testing/requests.js";
import { evidence, tierOf, windowRule } from "../testing/tier.js";
import { decide } from "./decide.js";
import type { DecisionContext } from "./decision.js";
import type { MaxOutputTokensRule, Rule, WindowRule } from "./tier.js";

/** A prompt of at most 20 model tokens. */
const PROMPT = { messages: [{ role: "user", content: "x".repeat(32) }] };

const asked = (fields: Partial<WindowRule> = {}) =>
  windowRule({ id: "asked", meter: "tokens", hold: "asked", limit: 1_020, ...fields });
const cap = (limit: number): MaxOutputTokensRule => ({
  id: "cap",
  kind: "maxOutputTokens",
  limit,
  onExcess: "adjust",
  evidence,
});
const decideOn = (rules: Rule | readonly Rule[], fields: object = {}, more: Partial<DecisionContext> = {}) =>
  decide(tierOf(...[rules].flat()), context(read("chat", { ...PROMPT, ...fields }), more));
const adjusted = (limit: number, field = "max_tokens", rule = "asked") => ({
  action: "adjust",
  limits: { maxOutputTokens: limit },
  adjustments: [{ field, to: `${field}=${limit}`, rule }],
});

describe("a window that takes what is asked for", () => {
  test.each<[string, Partial<WindowRule>, object, object]>([
    ["leaves a limit that fits", {}, { max_tokens: 1_000 }, { action: "allow", limits: { maxOutputTokens: 1_000 } }],
    ["lowers one that never would", {}, { max_tokens: 1_001 }, adjusted(1_000)],
    ["lowers one by its own name", {}, { max_completion_tokens: 5_000 }, adjusted(1_000, "max_completion_tokens")],
    ["shares the room among the answers", {}, { max_tokens: 1_000, n: 3 }, adjusted(333)],
    ["sets the usual limit where there is none", { limit: 50_000 }, {}, adjusted(1_024)],
    ["sets its own usual limit", { limit: 50_000, usualAnswer: 600 }, {}, adjusted(600)],
    ["sets what fits where the usual limit does not", {}, {}, adjusted(1_000)],
    ["counts answers alone", { meter: "outputTokens", limit: 300 }, { max_tokens: 301 }, adjusted(300)],
    ["leaves answers alone that it does not count", { meter: "inputTokens", limit: 20 }, {}, { action: "allow" }],
    [
      "leaves requests to other models alone",
      { scope: "model", models: ["gpt-4o"], limit: 1 },
      {},
      { action: "allow" },
    ],
  ])("%s", (_, rule, fields, decision) => {
    expect(decideOn(asked(rule), fields)).toMatchObject(decision);
  });

  it("counts an answer's API tokens by the model's rate", () => {
    // 20 tokens of the prompt cost 1,260, each of the answer 126.
    const { limits } = decideOn(asked({ meter: "credits", limit: 1_260 + 126 * 400 + 125 }), { model: "gpt-4" }) as {
      limits: object;
    };
    expect(limits).toEqual({ maxOutputTokens: 400 });
  });

  it("leaves vectors and images to the ledger", () => {
    for (const endpoint of ["embedding", "image"] as const) {
      expect(decide(tierOf(asked({ limit: 1 })), context(read(endpoint)))).toMatchObject({ action: "allow" });
    }
  });
});

describe("the least answer", () => {
  const refused = { action: "refuse", rule: "asked", code: "request_size", param: "messages" };

  test.each<[string, Partial<WindowRule>, object, object]>([
    ["is made where it just fits", { limit: 276 }, {}, adjusted(256)],
    ["has no room", { limit: 275 }, {}, refused],
    ["of the rule's own just fits", { limit: 30, leastAnswer: 10 }, {}, adjusted(10)],
    ["of the rule's own has no room", { limit: 29, leastAnswer: 10 }, {}, refused],
    ["is not asked of a caller who wants less", { limit: 25 }, { max_tokens: 5 }, { action: "allow" }],
    ["is less than the caller wants, who wants little", { limit: 25 }, { max_tokens: 6 }, refused],
    ["is not looked for where the prompt alone is too long", { meter: "inputTokens", limit: 19 }, {}, refused],
  ])("%s", (_, rule, fields, decision) => {
    expect(decideOn(asked(rule), fields)).toMatchObject(decision);
  });

  it("says how much room there is, in the window's unit", () => {
    expect(decideOn(asked({ limit: 275 }))).toMatchObject({
      message:
        "275 model tokens (rule asked) have room for 255 tokens of an answer beside this prompt, even when nothing else has been used. Shorten the prompt.",
    });
    expect(decideOn(asked({ meter: "inputTokens", limit: 19 }))).toMatchObject({
      message: expect.stringMatching(/^19 input tokens \(rule asked\) have no room for this prompt, /),
    });
  });
});

describe("thoughts with a budget", () => {
  const thinking = (budget_tokens: number) => ({ thinking: { type: "enabled", budget_tokens } });

  it("come on top of the usual answer", () => {
    expect(decideOn(asked({ limit: 50_000 }), thinking(2_000))).toMatchObject(adjusted(3_024));
    expect(decideOn(asked({ limit: 50_000 }), { thinking: { type: "disabled" } })).toMatchObject(adjusted(1_024));
  });

  it("must leave some of the room for the answer", () => {
    expect(decideOn(asked({ limit: 2_021 }), thinking(2_000))).toMatchObject(adjusted(2_001));
    expect(decideOn(asked({ limit: 2_020 }), thinking(2_000))).toMatchObject({
      action: "refuse",
      rule: "asked",
      code: "output_tokens",
      param: "thinking",
    });
  });
});

describe("onExcess: refuse", () => {
  const refuse = { onExcess: "refuse" } as const;

  it("refuses to lower what the caller asked for", () => {
    expect(decideOn(asked(), { max_completion_tokens: 1_001 }, refuse)).toEqual({
      action: "refuse",
      rule: "asked",
      code: "output_tokens",
      param: "max_completion_tokens",
      message:
        "max_completion_tokens is 1001, and 1020 model tokens (rule asked) have room for 1000 beside this prompt. Ask for 1000 or fewer.",
    });
  });

  it("sets a limit where the caller set none", () => {
    expect(decideOn(asked(), {}, refuse)).toMatchObject(adjusted(1_000));
    expect(decideOn(asked(), { max_tokens: 1_000 }, refuse)).toMatchObject({ action: "allow" });
  });
});

describe("with a limit on the length of answers", () => {
  const orders = (one: Rule, other: Rule) => [
    [one, other],
    [other, one],
  ];

  it("the strictest holds, in either order of the rules", () => {
    for (const rules of orders(asked(), cap(512))) {
      expect(decideOn(rules, { max_tokens: 5_000 })).toMatchObject(adjusted(512, "max_tokens", "cap"));
      expect(decideOn(rules)).toMatchObject(adjusted(512, "max_tokens", "cap"));
    }
    for (const rules of orders(asked(), cap(1_001))) {
      expect(decideOn(rules, { max_tokens: 5_000 })).toMatchObject(adjusted(1_000));
    }
  });

  it("an answer that the limit makes short needs no more room than that", () => {
    for (const rules of orders(asked({ limit: 120 }), cap(100))) {
      expect(decideOn(rules)).toMatchObject(adjusted(100, "max_tokens", "cap"));
    }
    for (const rules of orders(asked({ limit: 119 }), cap(100))) {
      expect(decideOn(rules)).toMatchObject({ action: "refuse", code: "request_size" });
    }
  });
});

test("a call is sent with the limit, reported with the rule, and known to be cut by the tier", () => {
  const { context: engine } = createTestContext({ tier: { name: "own", title: "Own", rules: [asked()] } });
  const of = (fields: object) => plan(engine, { model: "gpt-4o-mini", ...PROMPT, ...fields });
  const lowered = of({ max_tokens: 5_000 });
  expect(lowered.adapted.parts[0]?.body).toMatchObject({ max_tokens: 1_000 });
  expect(lowered.adjusted).toEqual([{ field: "max_tokens", from: "5000", to: "max_tokens=1000", rule: "asked" }]);
  expect(lowered.estimate.worst.tokens).toBe(1_020);
  expect([lowered, of({}), of({ max_tokens: 1_000 })].map(({ cappedByTier }) => cappedByTier)).toEqual([
    true,
    true,
    false,
  ]);
});
