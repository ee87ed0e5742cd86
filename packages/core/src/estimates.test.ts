import { describe, expect, it, test } from "vitest";
import type { Engine } from "./engine.js";
import { ask, createPair, createTestEngine } from "./testing/engine.js";
import { temporaryFile } from "./testing/ledger.js";
import { evidence, tierOf, windowRule } from "./testing/tier.js";

/** What is foretold of a call is held against what the sandbox charges for it. */

const words = (count: number) => "The heron waits by the mill for fish to rise. ".repeat(Math.ceil(count / 10));
const within = (foretold: number, charged: number) =>
  expect(Math.abs(foretold / charged - 1)).toBeLessThanOrEqual(0.25);
/** A day with room for all of it. */
const roomy = { rules: { dailyApiTokens: null } };

async function expectedOf(laplas: Engine, request: Parameters<Engine["check"]>[0]): Promise<number> {
  const { cost } = await laplas.check(request);
  return cost?.expected ?? Number.NaN;
}

describe("after calls of mixed sizes", () => {
  test.each(["gpt-4o-mini", "gpt-4", "claude-3-5-sonnet-20240620"])(
    "a long prompt of %s is foretold",
    async (model) => {
      const { laplas } = await createPair({ tier: "paid" }, roomy);
      for (const size of [10, 2_000, 100, 600, 30]) await laplas.chat(ask(words(size), { model, max_tokens: 512 }));
      for (const size of [3_000, 1_500]) {
        const request = ask(`${words(size)} Why?`, { model, max_tokens: 512 });
        const foretold = await expectedOf(laplas, request);
        within(foretold, (await laplas.chat(request)).laplas.apiTokens ?? Number.NaN);
      }
    },
  );

  it("a prompt of a model whose rates are a guess is foretold by how wrong the guess was", async () => {
    // Known to the sandbox, and to the catalog without prices.
    const models = [{ id: "gpt-4o-mini", modality: "chat" }] as const;
    const { laplas } = await createPair({ tier: "paid", models }, roomy);
    const request = ask(words(2_000));
    const before = await expectedOf(laplas, request);
    for (const size of [2_500, 1_500, 2_000]) await laplas.chat(ask(words(size)));
    const foretold = await expectedOf(laplas, request);
    expect(before).toBeGreaterThan(10 * foretold);
    within(foretold, (await laplas.chat(request)).laplas.apiTokens ?? Number.NaN);
  });

  test.each([1, 10, 100])("an embedding of %i texts is foretold", async (count) => {
    const { laplas } = await createPair({ tier: "paid" }, roomy);
    const request = (texts: number) => ({
      model: "text-embedding-3-large",
      input: Array.from({ length: texts }, (_, index) => words(50 + (index % 7) * 20)),
    });
    for (const texts of [3, 40, 1]) await laplas.embed(request(texts));
    const foretold = await expectedOf(laplas, request(count));
    within(foretold, (await laplas.embed(request(count))).laplas.apiTokens ?? Number.NaN);
  });
});

describe("a job of 300 texts", () => {
  test.each<[string, string, number]>([
    ["in batches of 50", "text-embedding-3-small", 50],
    ["one by one", "BAAI/bge-base-en-v1.5", 1],
  ])("%s is foretold once a few were embedded", async (_, model, batch) => {
    const { laplas } = await createPair({ tier: "paid" }, roomy);
    const texts = Array.from({ length: 300 }, (__, index) => words(200 + (index % 9) * 30));
    const requests = Array.from({ length: 300 / batch }, (__, index) => ({
      model,
      input: texts.slice(index * batch, (index + 1) * batch),
    }));
    await laplas.embed({ model, input: texts.slice(0, 5) });
    const { cost } = await laplas.plan(requests.map((request) => ({ request })));
    let charged = 0;
    for (const request of requests) charged += (await laplas.embed(request)).laplas.apiTokens ?? Number.NaN;
    within(cost.expected, charged);
  });
});

describe("what was learned", () => {
  it("is known to the next process, by size", async () => {
    const ledger = `sqlite:${temporaryFile()}` as const;
    const { laplas, sandbox } = await createPair({ tier: "paid", ledger }, roomy);
    for (const size of [2_000, 10, 600, 1_200]) await laplas.chat(ask(words(size)));
    const request = ask(words(3_000));
    const foretold = await expectedOf(laplas, request);
    await laplas.close();
    const { laplas: next } = createTestEngine(sandbox.baseURL, { tier: "paid", ledger });
    expect(await expectedOf(next, request)).toBe(foretold);
    within(foretold, (await next.chat(request)).laplas.apiTokens ?? Number.NaN);
  });
});

describe("after one long prompt of another density than the estimate takes", () => {
  const LIMIT = 50_000;

  /** gpt-4o, by its rates: prompts of so many characters for a token, answers of 20 tokens. */
  function upstream(density: number) {
    const seen = { calls: 0, charged: 0, last: 0 };
    const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
      const { messages } = JSON.parse(String(init?.body)) as { messages: { content: string }[] };
      const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
      const cost = Math.ceil((characters / density) * 10.5 + 20 * 31.5);
      seen.calls += 1;
      seen.charged += cost;
      seen.last = cost;
      const message = { role: "assistant", content: "Because it is hungry, and the mill is near." };
      return Response.json({
        id: "c",
        object: "chat.completion",
        created: 1,
        model: "gpt-4o",
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage: { total_tokens: cost },
      });
    };
    const rules = [windowRule({ limit: LIMIT }), { id: "slots", kind: "concurrency", limit: SLOTS, evidence } as const];
    const { laplas } = createTestEngine("http://upstream.test/v1", { tier: tierOf(...rules), fetch, patienceMs: 0 });
    return { laplas, seen };
  }
  const SLOTS = 40;
  const long = (characters: number) => ask(words(4_000).slice(0, characters), { model: "gpt-4o" });

  test.each([
    [1, 3_000],
    [4.7, 12_000],
    [8, 12_000],
  ])("of %d characters a token, a crowd of short ones is charged no more than the day has", async (density, first) => {
    const { laplas, seen } = upstream(density);
    await laplas.chat(long(first));
    await Promise.allSettled(Array.from({ length: 40 }, () => laplas.chat(long(1_500))));
    // A call is sent as long as anything is left: the last one may exceed it, and no other.
    expect(seen.charged).toBeLessThanOrEqual(LIMIT + seen.last);
    expect(seen.calls).toBeLessThan(41);
    expect(seen.charged).toBeGreaterThan(LIMIT / 2);
  });

  test.each([1, 4.7, 8])("of %d characters a token, a short call costs something, and not a day", async (density) => {
    const { laplas } = upstream(density);
    await laplas.chat(long(10_000));
    const hello = await expectedOf(laplas, ask("Hello", { model: "gpt-4o" }));
    expect(hello).toBeGreaterThan(31.5);
    expect(hello).toBeLessThan(LIMIT / 5);
    const [model] = (await laplas.models()).filter(({ id }) => id === "gpt-4o");
    expect(model?.costPerCall).toBeGreaterThan(0);
    expect(Number.isFinite(model?.callsLeft)).toBe(true);
    expect(await laplas.plan([{ request: long(10_000), count: 40 }])).toMatchObject({ fitsToday: false });
  });
});
