import { describe, expect, it, test } from "vitest";
import type { ModelEntryInput } from "./catalog/model-entry.js";
import { LedgerError } from "./errors/setup-errors.js";
import { createMemoryStore } from "./ledger/memory/memory-store.js";
import { NOON } from "./testing/call.js";
import { ask, createPair, createTestEngine } from "./testing/engine.js";
import { longText } from "./testing/sandbox.js";
import { tierOf, windowRule } from "./testing/tier.js";

/** Nothing is sent there. */
const NOBODY = "http://127.0.0.1:9/v1";
/** A prompt of so many model tokens; a message takes four by itself. */
const prompt = (tokens: number): string => "word".repeat(tokens - 4);

const HAIKU: ModelEntryInput = {
  id: "claude-3-haiku-20240307",
  modality: "chat",
  label: "Claude 3 Haiku",
  vendor: "Anthropic",
  rates: { input: 0.525, output: 2.625 },
  capabilities: { prefill: { evidence: "the test" } },
};

describe("what a long answer costs", () => {
  test.each([
    ["gpt-4o-mini", 200, [1_601, 4_624, 11_665]],
    ["gpt-4o-mini", 2_000, [2_735, 7_459, 16_768]],
    ["gpt-4o-mini", 8_000, [6_515, 16_909, 33_778]],
    ["gpt-4.1-nano", 200, [1_067, 3_083, 7_777]],
    ["gpt-4.1-nano", 2_000, [1_823, 4_973, 11_179]],
    ["gpt-4.1-nano", 8_000, [4_343, 11_273, 22_519]],
    ["claude-3-haiku-20240307", 200, [3_104, 7_283, 18_866]],
    ["claude-3-haiku-20240307", 2_000, [4_994, 11_063, 26_426]],
    ["claude-3-haiku-20240307", 8_000, [11_294, 23_663, 51_626]],
  ])("of %s at a prompt of %i tokens is what its parts cost, one by one", async (model, tokens, costs) => {
    const { laplas } = createTestEngine(NOBODY, { continueAtCap: 8, models: [HAIKU] });
    const isPrefilled = model === HAIKU.id;
    for (const [index, length] of [1_000, 2_000, 4_000].entries()) {
      const { longAnswer } = await laplas.check(ask(prompt(tokens), { model, max_tokens: length }));
      const [cost = 0, parts] = [costs[index], (isPrefilled ? [2, 4, 8] : [2, 5, 9])[index]];
      expect(longAnswer).toMatchObject({ parts, tokens: length, unit: "API tokens" });
      expect(Math.abs((longAnswer?.expected ?? 0) / cost - 1)).toBeLessThan(0.03);
      expect(longAnswer?.worst).toBeGreaterThan(longAnswer?.expected ?? 0);
    }
  });

  it("of 4,000 tokens at a prompt of 8,000 is 68 % of a day on gpt-4o-mini", async () => {
    const { laplas } = createTestEngine(NOBODY, { continueAtCap: 8 });
    const { longAnswer } = await laplas.check(ask(prompt(8_000), { max_tokens: 4_000 }));
    expect(longAnswer?.shareOfDay).toBeCloseTo(0.68, 2);
  });

  it("is what the parts then cost", async () => {
    const { laplas, sandbox } = await createPair({ continueAtCap: 8 });
    const text = longText({ kind: "sentences", tokens: 2_400 });
    sandbox.write({ text });
    const request = ask(prompt(1_000), { max_tokens: 1_800 });
    const { longAnswer } = await laplas.check(request);
    const { laplas: report } = await laplas.chat(request);
    expect(report).toMatchObject({ ended: "max_tokens" });
    expect(report.parts).toHaveLength(longAnswer?.parts ?? 0);
    expect(Math.abs((report.apiTokens ?? 0) / (longAnswer?.expected ?? 1) - 1)).toBeLessThan(0.05);
  });

  it("without a limit of the caller's is that of every follow-up", async () => {
    const { laplas } = createTestEngine(NOBODY, { continueAtCap: 3 });
    const asked = await laplas.check(ask("Write"));
    expect(asked.longAnswer).toMatchObject({ parts: 4, tokens: 512 + 3 * 492 });
    // Asked for more than the follow-ups bring, or for two answers.
    expect((await laplas.check(ask("Write", { max_tokens: 9_000 }))).longAnswer).toEqual(asked.longAnswer);
    expect((await laplas.check(ask("Write", { n: 2 }))).longAnswer).toMatchObject({ parts: 7, tokens: 2 * 1_988 });
  });

  it("has a call's own option before the engine's", async () => {
    const { laplas } = createTestEngine(NOBODY);
    const request = ask("Write", { max_tokens: 1_000 });
    expect(await laplas.check(request)).not.toHaveProperty("longAnswer");
    expect((await laplas.check(request, { continueAtCap: 8 })).longAnswer).toMatchObject({ parts: 2, tokens: 1_000 });
    expect(await laplas.check(request, { continueAtCap: 101 })).toMatchObject({
      verdict: "refuse",
      error: { code: "invalid_options", message: expect.stringContaining("a whole number from 0 to 100") },
    });
    const on = createTestEngine(NOBODY, { continueAtCap: 8 }).laplas;
    expect(await on.check(request, { continueAtCap: 0 })).not.toHaveProperty("longAnswer");
    expect(await on.plan([{ request }], { continueAtCap: 0 })).not.toHaveProperty("longAnswers");
  });

  it.each<[string, object]>([
    ["within the tier's limit", ask("Write", { max_tokens: 512 })],
    ["with the odds of each token", ask("Write", { logprobs: true })],
    ["that is no chat", { model: "text-embedding-3-small", input: "a" }],
  ])("of a call %s is none", async (_, request) => {
    const { laplas } = createTestEngine(NOBODY, { continueAtCap: 8 });
    expect(await laplas.check(request as never)).not.toHaveProperty("longAnswer");
  });

  it("is a share of the tightest window of a day, and of none where there is none", async () => {
    const day = { type: "day", zone: "UTC", resetHour: 0 } as const;
    const requests = windowRule({ id: "requests", meter: "requests", limit: 10, period: day });
    const tokens = windowRule({ id: "tokens", meter: "outputTokens", limit: 100_000, period: day });
    const minute = windowRule({ id: "minute", meter: "requests", limit: 3, period: { type: "minute" } });
    const cap = { id: "cap", kind: "maxOutputTokens", limit: 512, evidence: requests.evidence } as const;
    const shareOf = async (...rules: readonly object[]) => {
      const tier = tierOf(...([...rules, cap] as Parameters<typeof tierOf>));
      const { laplas } = createTestEngine(NOBODY, { continueAtCap: 8, tier, now: () => NOON });
      const { longAnswer } = await laplas.check(ask("Write", { max_tokens: 2_000 }));
      expect(longAnswer?.parts).toBe(5);
      return longAnswer?.shareOfDay;
    };
    expect(await shareOf(requests, tokens, minute)).toBe(0.5);
    expect(await shareOf(tokens, minute)).toBeCloseTo((2_000 + 4 * 20) / 100_000, 10);
    expect(await shareOf(minute)).toBeUndefined();
  });

  it("is a share of what is left of the tightest window that nobody waits for", async () => {
    const hours = windowRule({
      id: "hours",
      meter: "requests",
      limit: 10,
      period: { type: "rolling", spanMs: 7_200_000 },
    });
    const day = windowRule({ id: "day", meter: "requests", limit: 100 });
    const minute = windowRule({ id: "minute", meter: "requests", limit: 30, period: { type: "minute" } });
    const cap = {
      id: "cap",
      kind: "maxOutputTokens",
      limit: 512,
      onExcess: "adjust",
      evidence: hours.evidence,
    } as const;
    const tier = tierOf(hours, day, minute, cap);
    const { laplas } = await createPair({ continueAtCap: 8, tier, now: () => NOON });
    const request = ask("Write", { max_tokens: 2_000 });
    expect((await laplas.check(request)).longAnswer).toMatchObject({ parts: 5, shareOfDay: 0.05, shareOfLeft: 0.5 });
    for (let call = 0; call < 6; call += 1) await laplas.chat(ask("Hello", { max_tokens: 1 }));
    expect((await laplas.check(request)).longAnswer).toMatchObject({ shareOfDay: 0.05, shareOfLeft: 5 / 4 });
    expect((await laplas.plan([{ request, count: 2 }])).longAnswers).toMatchObject({ shareOfLeft: 10 / 4 });
    for (let call = 0; call < 4; call += 1) await laplas.chat(ask("Hello", { max_tokens: 1 }));
    const none = await laplas.check(request);
    expect(none.verdict).toBe("refuse");
    expect(none.longAnswer).not.toHaveProperty("shareOfLeft");
  });

  it("says nothing of what is left where the ledger can't be asked", async () => {
    const broken = { ...createMemoryStore({ now: Date.now }), view: () => Promise.reject(new LedgerError("gone")) };
    const { laplas } = createTestEngine(NOBODY, { continueAtCap: 8, ledger: broken });
    const request = ask("Write", { max_tokens: 2_000 });
    const check = await laplas.check(request);
    expect(check).toMatchObject({ verdict: "refuse", error: { code: "ledger" }, longAnswer: { parts: 5 } });
    expect(check.longAnswer).not.toHaveProperty("shareOfLeft");
    const plan = await laplas.plan([{ request }]);
    expect(plan.problem).toMatch(/gone/);
    expect(plan.longAnswers).not.toHaveProperty("shareOfLeft");
  });

  it("of a job is that of all its calls that may be continued", async () => {
    const { laplas } = createTestEngine(NOBODY, { continueAtCap: 8 });
    const request = ask(prompt(2_000), { max_tokens: 2_000 });
    const one = (await laplas.check(request)).longAnswer;
    const plan = await laplas.plan([
      { request, count: 3 },
      { request: ask("Hello", { max_tokens: 100 }), count: 50 },
    ]);
    expect(plan.longAnswers).toEqual({
      parts: 15,
      tokens: 6_000,
      expected: 3 * (one?.expected ?? 0),
      worst: 3 * (one?.worst ?? 0),
      unit: "API tokens",
      shareOfDay: expect.closeTo(3 * (one?.shareOfDay ?? 0), 10),
      shareOfLeft: expect.closeTo(3 * (one?.shareOfLeft ?? 0), 10),
    });
    expect(await laplas.plan([{ request: ask("Hello", { max_tokens: 100 }) }])).not.toHaveProperty("longAnswers");
  });
});
