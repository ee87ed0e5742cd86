import { describe, expect, it, test } from "vitest";
import type { Engine } from "./engine.js";
import { ask, createPair, createTestEngine } from "./testing/engine.js";
import { temporaryFile } from "./testing/ledger.js";

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
