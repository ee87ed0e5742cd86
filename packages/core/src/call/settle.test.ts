import { describe, expect, it } from "vitest";
import { readStatus } from "../status.js";
import { blockUntil, createTestContext, NOON, type StartedCall, start } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { windowRule } from "../testing/tier.js";
import { chargeActual, chargeEstimate } from "./settle.js";

async function setup({ isProbe = false }: { isProbe?: boolean } = {}) {
  let at = NOON;
  const { context } = createTestContext({ now: () => at });
  const { store, name } = await context.account.open();
  const block = (until: number) => store.teach(name, [{ kind: "block", ...blockUntil(until) }]);
  // The first call after its end tries whether it is over.
  if (isProbe) await block(NOON);
  const call = await start(context, ask("Hello", { model: "gpt-4o" }));
  const status = () => readStatus(context);
  const used = async () => (await status()).windows[0]?.used;
  const blocks = async () => (await context.account.look([])).blocks.length;
  const pass = (ms: number): void => {
    at += ms;
  };
  return { ...call, context, status, used, block, blocks, pass };
}

describe("a reported cost", () => {
  it("is charged, frees the slot and is reported", async () => {
    const { plan, reservation, status, used } = await setup();
    expect(await status()).toMatchObject({ running: 1, windows: [{ used: 0 }] });
    await chargeActual(plan, reservation, { credits: 321 }, 0);
    expect(await status()).toMatchObject({ running: 0, windows: [{ held: 0 }] });
    expect(await used()).toBe(321);
    expect(plan.totals).toMatchObject({ cost: 321, estimated: false, left: [{ remaining: 49_679 }] });
  });

  it("of 0 is a cost like any other", async () => {
    const { plan, reservation, used } = await setup();
    await chargeActual(plan, reservation, { credits: 0 }, 0);
    expect(await used()).toBe(0);
    expect(plan.totals).toMatchObject({ cost: 0, estimated: false });
  });

  it("ends the block that the call was the probe of: the account has budget", async () => {
    const { plan, reservation, blocks } = await setup({ isProbe: true });
    expect(await blocks()).toBe(1);
    await chargeActual(plan, reservation, { credits: 5 }, 0);
    expect(await blocks()).toBe(0);
  });

  it("of a call that was sent before the server said that the quota is exceeded ends no block", async () => {
    const { plan, reservation, status, block } = await setup();
    await block(NOON + 60_000);
    await chargeActual(plan, reservation, { credits: 5 }, 0);
    expect(await status()).toMatchObject({ blockedUntil: new Date(NOON + 60_000) });
  });
});

describe("an unreported cost", () => {
  it("is estimated from the request and the characters that came", async () => {
    const [nothing, some, much] = [await setup(), await setup(), await setup()];
    await chargeEstimate(nothing.plan, nothing.reservation, 0);
    await chargeEstimate(some.plan, some.reservation, 100);
    await chargeEstimate(much.plan, much.reservation, 1e9);
    expect(nothing.plan.totals).toMatchObject({ cost: nothing.plan.estimate.expected.credits, estimated: true });
    expect(some.plan.totals.cost).toBeGreaterThan(nothing.plan.totals.cost);
    expect(much.plan.totals.cost).toBe(much.plan.estimate.worst.credits);
    for (const { plan, status, used } of [nothing, some, much]) {
      expect(await used()).toBe(plan.totals.cost);
      expect((await status()).running).toBe(0);
    }
  });

  it("of an uncertain end keeps its slot for five seconds, because the server may still run the request", async () => {
    const { plan, reservation, status, pass } = await setup();
    await chargeEstimate(plan, reservation, 0, { isUncertain: true });
    pass(4_999);
    expect((await status()).running).toBe(1);
    pass(1);
    expect((await status()).running).toBe(0);
  });

  it("is no less than what the server has named before the end", async () => {
    const { plan, reservation } = await setup();
    await chargeEstimate(plan, reservation, 0, { told: { credits: plan.estimate.expected.credits + 7 } });
    expect(plan.totals).toMatchObject({ cost: plan.estimate.expected.credits + 7, estimated: true });
    const other = await setup();
    await chargeEstimate(other.plan, other.reservation, 0, { told: { credits: 1 } });
    expect(other.plan.totals.cost).toBe(other.plan.estimate.expected.credits);
  });

  it("is that of the model tokens that a whole answer told, and no less than the estimate for one that is not", async () => {
    const told = { tokens: 60, inputTokens: 40, outputTokens: 20 };
    const charged = async (given: object, ending: object): Promise<number> => {
      const { context } = createTestContext();
      const { plan, reservation } = await start(context, ask("Hello there", { model: "gpt-4o" }));
      await chargeEstimate(plan, reservation, 0, { told: given, ...ending });
      return plan.totals.cost;
    };
    const cost = 40 * 10.5 + 20 * 31.5;
    expect(await charged(told, { isAnswered: true })).toBe(cost);
    expect(await charged({ tokens: 60, inputTokens: 40 }, { isAnswered: true })).toBe(cost);
    for (const ending of [{}, { isAnswered: true, isUncertain: true }]) {
      expect(await charged(told, ending)).toBeGreaterThan(150 * 31.5);
    }
    expect(await charged({ inputTokens: 40 }, { isAnswered: true })).toBeGreaterThan(150 * 31.5);
  });

  it.each([true, false])("ends the block that it tried only if the request was answered: %s", async (isAnswered) => {
    const { plan, reservation, blocks } = await setup({ isProbe: true });
    await chargeEstimate(plan, reservation, 0, { isAnswered });
    expect(await blocks()).toBe(isAnswered ? 0 : 1);
  });
});

describe("the use of model tokens", () => {
  /** What windows of each metric are charged. */
  async function charged(end: (call: StartedCall) => Promise<void>) {
    const metrics = ["tokens", "inputTokens", "outputTokens"] as const;
    const rules = metrics.map((meter) => windowRule({ id: meter.toLowerCase(), meter, limit: 100_000 }));
    const { context } = createTestContext({ tier: { name: "own", title: "Own", rules } });
    const call = await start(context, ask("Hello", { max_tokens: 400 }));
    await end(call);
    const [tokens = 0, inputTokens = 0, outputTokens = 0] = (await readStatus(context)).windows.map(({ used }) => used);
    return { use: { tokens, inputTokens, outputTokens }, estimate: call.plan.estimate };
  }

  it("is charged as the server says", async () => {
    const told = { credits: 5, tokens: 12, inputTokens: 3, outputTokens: 9 };
    const { use } = await charged(({ plan, reservation }) => chargeActual(plan, reservation, told, 100));
    expect(use).toEqual({ tokens: 12, inputTokens: 3, outputTokens: 9 });
  });

  it("is an upper estimate of what the server does not say, by what came", async () => {
    const told = { credits: 5, inputTokens: 3 };
    const { use, estimate } = await charged(({ plan, reservation }) => chargeActual(plan, reservation, told, 100));
    const { tokens, outputTokens } = estimate.expected;
    expect(use).toEqual({ tokens: tokens + 50, inputTokens: 3, outputTokens: outputTokens + 50 });
  });

  it("of a request that broke off is no less than its estimate, and than what the server has said", async () => {
    const told = { inputTokens: 1, outputTokens: 390 };
    const { use, estimate } = await charged(({ plan, reservation }) => chargeEstimate(plan, reservation, 0, { told }));
    const { tokens, inputTokens } = estimate.expected;
    expect(use).toEqual({ tokens, inputTokens, outputTokens: 390 });
  });
});

describe("a call of several requests", () => {
  it("costs their sum, and is estimated if one of them is", async () => {
    const { plan, reservation, context } = await setup();
    await chargeActual(plan, reservation, { credits: 10 }, 0);
    const second = await start(context, ask("Hello"));
    await chargeEstimate(plan, second.reservation, 0);
    const estimated = plan.totals.cost;
    expect(estimated).toBe(10 + plan.estimate.expected.credits);
    const third = await start(context, ask("Hello"));
    await chargeActual(plan, third.reservation, { credits: 7 }, 0);
    expect(plan.totals).toMatchObject({ cost: estimated + 7, estimated: true });
    expect(plan.totals.left[0]?.remaining).toBe(50_000 - estimated - 7);
  });
});
