import { describe, expect, it, test } from "vitest";
import type { LaplasOptions } from "../options.js";
import { createTestContext, plan, start, useOf } from "../testing/call.js";
import { ask, rejection } from "../testing/engine.js";
import { windowRule } from "../testing/tier.js";
import type { WindowRule } from "../tier/tier.js";
import { requireBudget } from "./require-budget.js";

/** A tier of one window that takes one image a request. An image whose price nobody knows holds 512 API tokens. */
function setup(window: Partial<WindowRule>, options: LaplasOptions = {}) {
  const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;
  const single = { id: "single", kind: "maxImages", limit: 1, onExcess: "split", evidence } as const;
  return createTestContext({
    tier: { name: "small", title: "Small tier", rules: [single, windowRule(window)] },
    ...options,
  });
}
const images = (n: number) => ({ model: "flux/schnell", prompt: "A boat", n });

async function isAffordable({ context }: ReturnType<typeof setup>, n = 3): Promise<boolean> {
  const failed = await requireBudget(context, plan(context, images(n))).catch((error: unknown) => error);
  if (failed !== undefined) expect(failed).toMatchObject({ code: "daily_quota", retryable: false });
  return failed === undefined;
}

describe("the budget for all images of a call", () => {
  test.each<[string, Partial<WindowRule>, LaplasOptions, boolean]>([
    ["anything is left for the last image", { limit: 1_025 }, {}, true],
    ["nothing is left for the last image", { limit: 1_024 }, {}, false],
    ["the worst case of the last image fits", { limit: 1_536 }, { admission: "worst-case" }, true],
    ["the worst case of the last image does not fit", { limit: 1_535 }, { admission: "worst-case" }, false],
    ["what the last image asks for fits", { hold: "asked", limit: 1_536 }, {}, true],
    ["what the last image asks for does not fit", { hold: "asked", limit: 1_535 }, {}, false],
    ["the window counts the tokens of prompts, one each", { meter: "inputTokens", limit: 3 }, {}, true],
    ["the window lacks the tokens of a prompt", { meter: "inputTokens", limit: 2 }, {}, false],
    ["the window counts requests and has one for each", { meter: "requests", limit: 3 }, {}, true],
    ["the window counts requests and lacks one", { meter: "requests", limit: 2 }, {}, false],
    [
      "the window counts requests, in the worst case too",
      { meter: "requests", limit: 3 },
      { admission: "worst-case" },
      true,
    ],
  ])("where %s", async (_, window, options, affordable) => {
    expect(await isAffordable(setup(window, options))).toBe(affordable);
  });

  it("is checked in every window of the tier", async () => {
    const tier = {
      name: "two",
      title: "Two",
      rules: [windowRule({ limit: 9_999 }), windowRule({ id: "n", limit: 1 })],
    };
    const { context } = createTestContext({ tier });
    const failed = await rejection(requireBudget(context, plan(context, images(8))));
    expect(failed).toMatchObject({ rule: "n" });
  });

  it("excludes what is used and what running calls hold", async () => {
    const spent = setup({ limit: 1_025 });
    const { reservation } = await start(spent.context, ask("Hello"));
    expect(await isAffordable(spent)).toBe(false);
    await reservation.settle({ use: useOf(0), estimated: true, lingerMs: 0, outcome: "other" });
    expect(await isAffordable(spent)).toBe(true);
    const other = await start(spent.context, ask("Hello"));
    await other.reservation.settle({ use: useOf(1), estimated: true, lingerMs: 0, outcome: "other" });
    expect(await isAffordable(spent)).toBe(false);
  });

  test.each([
    [9, true],
    [10, false],
    [15, false],
  ])("holds any number of free images while something is left: %i of 10 used", async (used, affordable) => {
    const setUp = setup({ limit: 10 });
    const free = await start(setUp.context, images(1));
    await free.reservation.settle({ use: useOf(0), estimated: false, lingerMs: 0, outcome: "answered" });
    const other = await start(setUp.context, ask("Hello"));
    await other.reservation.settle({ use: useOf(used), estimated: false, lingerMs: 0, outcome: "answered" });
    expect(await isAffordable(setUp, 9)).toBe(affordable);
  });

  test.each([
    ["chat", { ...ask("Hello"), n: 9 }],
    ["embedding", { model: "text-embedding-3-small", input: "Hello" }],
  ])("is not checked for a %s request", async (_, body) => {
    const { context } = setup({ limit: 1 });
    const used = await start(context, ask("Hello"));
    await used.reservation.settle({ use: useOf(1), estimated: true, lingerMs: 0, outcome: "other" });
    await requireBudget(context, plan(context, body));
  });
});

describe("the error", () => {
  it("says how many images are possible, under which rule, and when the quota resets", async () => {
    const { context } = setup({ limit: 1_024 });
    const error = await rejection(requireBudget(context, plan(context, images(3))));
    expect(error).toMatchObject({ rule: "daily", resetsAt: new Date("2026-03-11T00:00:02.000Z") });
    expect((error as Error).message).toBe(
      "Small tier: 3 images take about 1536 API tokens, and 1024 of 1024 are left (rule daily), enough for 2. It will reset at 2026-03-11T00:00:02.000Z.",
    );
  });

  it("counts requests where the window does", async () => {
    const { context } = setup({ meter: "requests", limit: 2 });
    const error = (await rejection(requireBudget(context, plan(context, images(3))))) as Error;
    expect(error.message).toMatch(/3 images take about 3 requests, and 2 of 2 are left .* enough for 2\./);
    const prompts = setup({ meter: "tokens", limit: 2 }).context;
    const other = (await rejection(requireBudget(prompts, plan(prompts, images(3))))) as Error;
    expect(other.message).toMatch(/3 images take about 3 model tokens, and 2 of 2 are left .* enough for 2\./);
  });

  it("counts images, not requests, where a request makes several", async () => {
    const tier = { name: "open", title: "Open", rules: [windowRule({ limit: 1_000 })] };
    const { context } = createTestContext({ tier });
    const call = plan(context, images(5));
    expect(call.adapted.parts).toHaveLength(2);
    const error = (await rejection(requireBudget(context, call))) as Error;
    expect(error.message).toMatch(/^Open: 5 images take about 2560 API tokens.* enough for 3\./);
  });

  test.each([
    ["more is used than the limit", 2_000.4, "flux/schnell"],
    ["nothing is left for images that cost nothing", 100, "flux/dev"],
  ])("names no negative remainder where %s", async (_, used, model) => {
    const { context } = setup({ limit: 100 });
    const free = await start(context, { ...images(1), model: "flux/dev" });
    await free.reservation.settle({ use: useOf(0), estimated: false, lingerMs: 0, outcome: "answered" });
    const { reservation } = await start(context, ask("Hello"));
    await reservation.settle({ use: useOf(used), estimated: true, lingerMs: 0, outcome: "other" });
    const error = (await rejection(requireBudget(context, plan(context, { ...images(3), model })))) as Error;
    expect(error.message).toMatch(/and 0 of 100 are left .* enough for 0\./);
  });
});
