import { describe, expect, it, onTestFinished } from "vitest";
import { createContext } from "../create-context.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import { type EngineOptions, resolveEngineOptions } from "../options.js";
import { documentOf, ruleOf, windowOf } from "../testing/pool.js";
import { findTargets, readLists } from "./find-targets.js";
import type { Pool } from "./pool.js";

const chat = (id: string, more: object = {}) => ({ id, modality: "chat" as const, ...more });

function poolOf(options: EngineOptions): Pool {
  const { all, routes } = resolveEngineOptions({ ledger: "memory", environment: {}, ...options });
  const [first, ...others] = all;
  const context = createContext(first, others, routes);
  onTestFinished(() => context.close());
  return context.pool;
}

const names = (pool: Pool, name: string): string[] => findTargets(pool, name).targets.map((target) => target.name);
const asked = (pool: Pool, name: string): string[] => findTargets(pool, name).targets.map(({ model }) => model);

const groq = documentOf("groq", [windowOf(9)], {
  models: [chat("groq/compound"), chat("openai/gpt-oss-120b"), chat("shared")],
});
const router = documentOf("router", [windowOf(9)], {
  models: [chat("openai/gpt-oss-120b"), chat("groq/llama"), chat("shared", { aliases: ["same"] })],
});
const local = documentOf("local", [ruleOf({ id: "one", kind: "concurrency", limit: 1 })], { models: [chat("small")] });
const pool = (): Pool => poolOf({ providers: [{ document: groq }, { document: router }, { document: local }] });

describe("a name", () => {
  it.each([
    ["groq/openai/gpt-oss-120b", ["groq/openai/gpt-oss-120b"], ["openai/gpt-oss-120b"]],
    ["groq/groq/compound", ["groq/groq/compound"], ["groq/compound"]],
    // An id that begins with its own provider's name, and one that begins with another's.
    ["groq/compound", ["groq/groq/compound"], ["groq/compound"]],
    ["groq/llama", ["router/groq/llama"], ["groq/llama"]],
    [
      "openai/gpt-oss-120b",
      ["groq/openai/gpt-oss-120b", "router/openai/gpt-oss-120b"],
      ["openai/gpt-oss-120b", "openai/gpt-oss-120b"],
    ],
    ["shared", ["groq/shared", "router/shared"], ["shared", "shared"]],
    ["same", ["router/same"], ["same"]],
    ["local/small", ["local/small"], ["small"]],
    // Its provider says why it has no such model.
    ["local/large", ["local/large"], ["large"]],
  ])("%s is %j", (name, targets, models) => {
    expect(names(pool(), name)).toEqual(targets);
    expect(asked(pool(), name)).toEqual(models);
  });

  it("that nobody has is refused with what was perhaps meant", () => {
    expect(() => findTargets(pool(), "shared1")).toThrow(
      'No provider of this engine has a model "shared1". Did you mean groq/shared or router/shared?',
    );
    expect(() => findTargets(pool(), "x/y/z")).toThrow(FatalLimitError);
  });

  it("of the only provider is asked as it is, with the provider's name before it or not", () => {
    const one = poolOf({ providers: [{ document: groq }] });
    expect([asked(one, "shared"), asked(one, "groq/shared"), asked(one, "other/x")]).toEqual([
      ["shared"],
      ["shared"],
      ["other/x"],
    ]);
  });
});

describe("auto", () => {
  it("has the chat models of tiers with windows, cheapest first within a provider", () => {
    const models = [
      chat("dear", { rates: { input: 9, output: 9, evidence: "a test" } }),
      chat("plain", { capabilities: { tools: false } }),
      chat("cheap", { rates: { input: 1, output: 1, evidence: "a test" }, capabilities: { tools: false } }),
      { id: "vectors", modality: "embedding" as const },
    ];
    const priced = documentOf("priced", [windowOf(9)], { models });
    const mixed = poolOf({ providers: [{ document: priced }, { document: groq }, { document: local }] });
    const groqs = ["groq/groq/compound", "groq/openai/gpt-oss-120b", "groq/shared"];
    expect(names(mixed, "auto")).toEqual(["priced/cheap", "priced/dear", "priced/plain", ...groqs]);
    expect(names(mixed, "auto:tools")).toEqual(["priced/dear", ...groqs]);
  });

  it("leaves out models that the tier does not serve, and counts no more than a dozen of one provider", () => {
    const models = Array.from({ length: 30 }, (_, index) => chat(`m${index}`));
    const many = documentOf("many", [windowOf(9), windowOf(0, "day", { id: "off", models: ["m0"], scope: "model" })], {
      models,
    });
    const found = names(poolOf({ providers: [{ document: many }] }), "auto");
    expect(found).toHaveLength(12);
    expect(found[0]).toBe("many/m1");
  });

  it("may be a route of the user's own, and a model's own name", () => {
    const routes = { auto: ["router/shared", "local/small"] };
    expect(names(poolOf({ providers: [{ document: router }, { document: local }], routes }), "auto")).toEqual([
      "router/shared",
      "local/small",
    ]);
    const named = documentOf("named", [windowOf(9)], { models: [chat("auto"), chat("other")] });
    expect(names(poolOf({ providers: [{ document: named }] }), "auto")).toEqual(["named/auto"]);
  });
});

it("leaves a model that nobody lists any longer out of a route, and refuses a route of such models alone", async () => {
  const listed = (id: string) => ({ ...documentOf(id, [windowOf(9)]), models: "listed" as const });
  const both = poolOf({
    providers: [{ document: listed("one") }, { document: listed("two") }],
    routes: { fast: ["gone", "two/here"], gone: ["gone"] },
    fetch: (async () => Response.json({ data: [{ id: "here" }] })) as unknown as typeof fetch,
  });
  await readLists(both, "fast");
  expect(names(both, "fast")).toEqual(["two/here"]);
  expect(findTargets(both, "fast").leftOut).toEqual([
    { name: "gone", why: "no provider of this engine has such a model" },
  ]);
  expect(() => findTargets(both, "gone")).toThrow('No provider of this engine has a model "gone".');
  expect(() => findTargets(both, "fsat")).toThrow("; fast, gone, auto and auto:tools pick one.");
});

it("of which no list can be had is no model's name, but unavailable, for auto", async () => {
  const listed = (id: string) => ({ ...documentOf(id, [windowOf(9)]), models: "listed" as const });
  const both = poolOf({
    providers: [{ document: listed("one") }, { document: listed("two") }, { document: local }],
    fetch: (async () => new Response("down", { status: 500 })) as unknown as typeof fetch,
  });
  await readLists(both, "auto");
  expect(() => findTargets(both, "auto")).toThrow(
    expect.objectContaining({
      code: "unavailable",
      retryAfterMs: 60_000,
      message:
        'There is no model for "auto" as long as the list of models of Provider one and Provider two can\'t be read.',
    }),
  );
  // A name is believed where it may be one of theirs.
  expect(names(both, "some-model")).toEqual(["one/some-model"]);
});

it("asks only the provider that is named for its list, and all for a name that may be any's", async () => {
  const lists: string[] = [];
  const listed = (id: string) => ({ ...documentOf(id, [windowOf(9)]), models: "listed" as const });
  const both = poolOf({
    providers: [{ document: listed("one") }, { document: listed("two") }],
    fetch: (async (input: string | URL | Request) => {
      const { hostname } = new URL(new Request(input).url);
      lists.push(hostname);
      return Response.json({ data: [{ id: `${hostname}-model` }] });
    }) as typeof fetch,
  });
  await readLists(both, "one/x");
  expect(lists).toEqual(["one.test"]);
  await readLists(both, "auto");
  expect(lists.toSorted()).toEqual(["one.test", "two.test"]);
  expect(names(both, "auto")).toEqual(["one/one.test-model", "two/two.test-model"]);
});
