import { describe, expect, it, test } from "vitest";
import { modelScope } from "./account/account.js";
import { LedgerError } from "./errors/setup-errors.js";
import { listModels } from "./model-status.js";
import { blockUntil, createTestContext, NOON } from "./testing/call.js";
import { ask, createPair, rejection } from "./testing/engine.js";
import { DAY_MS } from "./testing/ledger.js";
import { longText } from "./testing/sandbox.js";
import { windowRule } from "./testing/tier.js";
import type { WindowRule } from "./tier/tier.js";

const noon = Date.parse("2026-03-10T12:00:00.000Z");

async function setup(rules: object = {}) {
  const pair = await createPair({ now: () => noon }, { clock: { start: noon, frozen: true }, rules });
  const left = async (search: string) => (await pair.laplas.models({ search }))[0]?.callsLeft;
  return { ...pair, left };
}

describe("calls left", () => {
  it("are what a fresh day has room for, at the published cost", async () => {
    const { laplas, sandbox } = await setup();
    const models = new Map((await laplas.models()).map((model) => [model.id, model]));
    expect(models.get("gpt-4")).toMatchObject({ costPerCall: 1764, callsLeft: 28, callsBoundBy: "daily_api_tokens" });
    expect(models.get("gpt-4o-mini")).toMatchObject({ costPerCall: 16, callsLeft: 3125 });
    // More than a day, but a call is sent while anything is left.
    expect(models.get("o1-preview")).toMatchObject({ costPerCall: 52_070, callsLeft: 1 });
    const free = [...models.values()].filter(({ costPerCall }) => costPerCall === 0);
    expect(free.map(({ id, callsLeft }) => [id, callsLeft]).toSorted()).toEqual([
      ["gemini-2.5-pro-exp-03-25", Number.POSITIVE_INFINITY],
      ["google/gemma-3-12b-it", Number.POSITIVE_INFINITY],
      ["google/gemma-3-1b-it", Number.POSITIVE_INFINITY],
      ["google/gemma-3-27b-it", Number.POSITIVE_INFINITY],
      ["google/gemma-3-4b-it", Number.POSITIVE_INFINITY],
      ["meta-llama/Llama-Vision-Free", Number.POSITIVE_INFINITY],
    ]);
    expect(models.get("gpt-4")).toMatchObject({ worstCostPerCall: 8 * 63 + 512 * 126, costBasis: "published" });
    // Of these no sample was published: as short an answer by their rates, or what the provider assumes.
    expect(models.get("gpt-4o")).toMatchObject({ costPerCall: 399, callsLeft: 125, costBasis: "inferred" });
    expect(models.get("flux/dev")).toMatchObject({ costPerCall: 512, callsLeft: 97, costBasis: "assumed" });
    expect(sandbox.requests).toEqual([]);
  });

  it("follow the figure that a check of the same call has, for every model and before and after calls", async () => {
    const { laplas } = await setup();
    const bodies = {
      chat: (model: string) => ask("Hello", { model }),
      embedding: (model: string) => ({ model, input: "Hello" }),
      image: (model: string) => ({ model, prompt: "Hello" }),
    };
    const compare = async () => {
      let compared = 0;
      for (const { id, modality, costPerCall, worstCostPerCall } of await laplas.models()) {
        const { cost } = await laplas.check(bodies[modality](id));
        if (cost === undefined) continue;
        expect({ id, ...cost }).toEqual({ id, expected: costPerCall, worst: worstCostPerCall, unit: "API tokens" });
        compared += 1;
      }
      return compared;
    };
    // All but those that draw from a picture.
    expect(await compare()).toBeGreaterThan(110);
    for (const model of ["gpt-4o-mini", "gpt-4o"]) await laplas.chat(ask("Write 200 words about locks.", { model }));
    await laplas.embed({ model: "text-embedding-3-small", input: ["a", "word ".repeat(1_000)] });
    await laplas.image({ model: "flux/dev", prompt: "A boat" });
    expect(await compare()).toBeGreaterThan(110);
    const bases = new Map((await laplas.models()).map(({ id, costBasis }) => [id, costBasis]));
    expect([bases.get("gpt-4o-mini"), bases.get("text-embedding-3-small"), bases.get("gpt-4")]).toEqual([
      "settled",
      "settled",
      "published",
    ]);
  });

  it("shrink with what is spent, by what calls really cost", async () => {
    const { laplas, left } = await setup();
    await laplas.chat(ask("Hello", { model: "gpt-4" }));
    expect(await left("gpt-4o-mini-2024")).toBe(Math.floor((50_000 - 1764) / 16));
    await laplas.chat(ask("Write 200 words about locks.", { model: "gpt-4" }));
    const [model] = (await laplas.models({ search: "gpt-4" })).filter(({ id }) => id === "gpt-4");
    expect(model?.costPerCall).toBeGreaterThan(1764);
    const [window] = (await laplas.status()).windows;
    expect(model?.callsLeft).toBe(Math.max(1, Math.floor((50_000 - (window?.used ?? 0)) / (model?.costPerCall ?? 0))));
  });

  it("are learned where nothing is published, and for embeddings and images", async () => {
    const { laplas } = await createPair({}, { usage: "meta" });
    await laplas.chat(ask("Hello", { model: "gpt-4o-2024-08-06" }));
    await laplas.image({ model: "flux/dev", prompt: "A boat" });
    await laplas.embed({ model: "voyage-2", input: "A boat" });
    const models = new Map((await laplas.models()).map((model) => [model.id, model]));
    expect(models.get("gpt-4o")?.callsLeft).toBeGreaterThan(0);
    expect(models.get("flux/dev")).toMatchObject({ costPerCall: 512, callsLeft: 95 });
    expect(models.get("voyage-2")?.callsLeft).toBeGreaterThan(40_000);
  });

  it("are none once the budget is spent, whatever a call costs", async () => {
    const { laplas, left } = await setup({ dailyApiTokens: null });
    await laplas.chat(ask("Hello", { model: "o1-preview" }));
    expect(await left("gpt-4o-mini-2024")).toBe(0);
    expect(await left("Llama-Vision-Free")).toBe(0);
  });

  it("are none while the server's word blocks the account", async () => {
    const { laplas, left } = await setup({ dailyApiTokens: 0 });
    await rejection(laplas.chat(ask("Hello")));
    expect(await left("gpt-4o-mini-2024")).toBe(0);
    expect(await left("Llama-Vision-Free")).toBe(0);
  });

  it.each([
    ["while the server's word blocks the model: none of it alone", NOON + 1, DAY_MS, 0],
    ["once the block is over", NOON, DAY_MS, 3_125],
    ["where the block was set under a clock far ahead", NOON + 2 * DAY_MS, DAY_MS, 3_125],
  ])("%s", async (_, until, longestMs, left) => {
    const { context } = createTestContext();
    const { store, name } = await context.account.open();
    const block = { ...blockUntil(until), name: modelScope("gpt-4o-mini"), longestMs };
    await store.teach(name, [{ kind: "block", ...block }]);
    const models = new Map((await listModels(context)).map(({ id, callsLeft }) => [id, callsLeft]));
    expect([models.get("gpt-4o-mini"), models.get("gpt-4")]).toEqual([left, 28]);
  });

  it.each<[string, Partial<WindowRule>, number, [used: number, left: number]]>([
    ["of API tokens are known from published costs", {}, 62, [16, 61]],
    ["of requests are known", { meter: "requests" }, 1_000, [1, 999]],
    // "Hello" and its answer are 18 tokens.
    ["of model tokens are estimated, then learned", { meter: "tokens" }, 55, [18, 54]],
    ["of what is asked for are as few as were kept", { meter: "outputTokens", hold: "asked" }, 1, [200, 4]],
  ])("in a window %s", async (_, window, before, after) => {
    const { laplas } = await createPair(
      { tier: { name: "own", title: "Own", rules: [windowRule(window)] } },
      { usage: "meta" },
    );
    const left = async () => (await laplas.models({ search: "gpt-4o-mini-2024" }))[0]?.callsLeft;
    expect(await left()).toBe(before);
    await laplas.chat(ask("Hello", { max_tokens: 200 }));
    const { used } = (await laplas.status()).windows[0] ?? { used: 0 };
    expect([used, await left()]).toEqual(after);
  });

  it("are none of an image whose price the server has refused", async () => {
    const { laplas } = await createPair({}, { imagePrices: () => 600 });
    const callsLeft = async (search: string) => (await laplas.models({ search }))[0]?.callsLeft;
    expect(await callsLeft("flux/schnell")).toBeGreaterThan(0);
    await rejection(laplas.image({ model: "flux/schnell", prompt: "A boat" }));
    expect(await callsLeft("flux/schnell")).toBe(0);
    expect(await callsLeft("gpt-4o-mini")).toBeGreaterThan(0);
  });

  it("have no bound on a tier without windows", async () => {
    const { laplas } = await createPair({ tier: "paid" });
    const [free] = await laplas.models({ search: "gpt-4.5" });
    expect(free?.callsLeft).toBe(Number.POSITIVE_INFINITY);
    expect(free).not.toHaveProperty("callsBoundBy");
  });
});

describe("how often a model went on with its answer as asked", () => {
  it("is told of those that were asked, and of no other", async () => {
    const { laplas, sandbox } = await createPair({ continueAtCap: 8 });
    sandbox.write({ text: longText({ kind: "sentences", tokens: 900 }) });
    await laplas.chat(ask("Write"));
    sandbox.write({ text: longText({ kind: "sentences", tokens: 900 }), habit: ["empty", "empty"] });
    await laplas.chat(ask("Write"));
    await laplas.chat(ask("Hello", { model: "gpt-4.1-nano" }));
    const models = await laplas.models();
    // A model that does not repeat its end is asked once more.
    expect(models.flatMap(({ id, obeyed }) => (obeyed === undefined ? [] : [[id, obeyed]]))).toEqual([
      ["gpt-4o-mini", { asked: 3, obeyed: 1 }],
    ]);
  });

  it("is not told where the ledger can't be read", async () => {
    const { context } = createTestContext();
    await context.account.noteForm("gpt-4o-mini", true);
    const broken = { ...context.account, formsObeyed: () => Promise.reject(new LedgerError("no disk")) };
    const [model] = await listModels({ ...context, account: broken }, { search: "gpt-4o-mini" });
    expect(model).not.toHaveProperty("obeyed");
    expect((await listModels(context, { search: "gpt-4o-mini" }))[0]).toMatchObject({
      obeyed: { asked: 1, obeyed: 1 },
    });
  });
});

describe("which models", () => {
  test.each([
    ["chat", 82],
    ["embedding", 19],
    ["image", 13],
  ] as const)("of modality %s", async (modality, count) => {
    const { laplas } = await setup();
    const found = await laplas.models({ modality });
    expect(found).toHaveLength(count);
    expect(found.every((model) => model.modality === modality)).toBe(true);
  });

  it("by part of an id, an alias, a label or a vendor, in any case", async () => {
    const { laplas } = await setup();
    const ids = async (search: string) => (await laplas.models({ search })).map(({ id }) => id);
    expect(await ids("CLAUDE-3-OPUS-LATEST")).toEqual(["claude-3-opus-20240229"]);
    expect(await ids("text-01")).toEqual(["MiniMax-Text-01"]);
    expect(await ids("black forest")).toHaveLength(7);
    expect(await ids("no such model")).toEqual([]);
    expect(await laplas.models({ search: "openai", modality: "image" })).toHaveLength(2);
  });

  it("in the order of calls left", async () => {
    const { laplas } = await setup();
    const listed = await laplas.models({ sort: "calls" });
    const calls = listed.map(({ callsLeft }) => callsLeft ?? Number.NaN);
    expect(calls).toEqual(calls.toSorted((one, other) => other - one));
    expect(calls.at(0)).toBe(Number.POSITIVE_INFINITY);
    expect(calls.at(-1)).toBe(1);
  });
});
