import { describe, expect, test } from "vitest";
import { chatModels } from "./chat-models.js";
import { createCatalog } from "./create-catalog.js";
import { embeddingModels } from "./embedding-models.js";
import type { Model } from "./model.js";
import { modelEntrySchema } from "./model-entry.js";
import { openaiFamily } from "./openai-family.js";

const models: readonly Model[] = [...chatModels, ...embeddingModels];
const catalog = createCatalog();

function chat(name: string) {
  const found = catalog.find(name);
  if (found.kind !== "model" || found.model.modality !== "chat") throw new Error(`${name} is no chat model`);
  return found.model;
}

function embedding(name: string) {
  const found = catalog.find(name);
  if (found.kind !== "model" || found.model.modality !== "embedding") throw new Error(`${name} is no embedding model`);
  return found.model.embedding;
}

function countBy(list: readonly Model[], key: (model: Model) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const model of list) counts[key(model)] = (counts[key(model)] ?? 0) + 1;
  return counts;
}

describe("the data", () => {
  test.each(models.map((model) => [model.id, model] as const))("%s passes the check unchanged", (_, model) => {
    expect(modelEntrySchema().parse(model)).toEqual(model);
  });

  test("holds no id twice", () => {
    const ids = models.flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("holds the documented number of models per vendor", () => {
    expect(countBy(openaiFamily, ({ vendor }) => vendor)).toEqual({
      "AI21 Labs": 1,
      "Alibaba Cloud": 3,
      Anthracite: 1,
      Cohere: 1,
      DeepSeek: 2,
      Google: 4,
      "Mistral AI": 3,
      NVIDIA: 1,
      NeverSleep: 1,
      OpenAI: 19,
      xAI: 3,
    });
    expect(countBy(embeddingModels, ({ vendor }) => vendor)).toEqual({
      Anthropic: 7,
      BAAI: 2,
      Google: 4,
      OpenAI: 3,
      "Together AI": 3,
    });
  });

  test("gives every label to the first model that carries it", () => {
    for (const { label } of models) {
      const first = models.find((model) => model.label === label);
      expect(catalog.find(label)).toMatchObject({ kind: "model", model: first });
    }
  });
});

/** The usage published for a user message "Hello": id of the example call, input and output in API tokens. */
const published: readonly [id: string, input: number, output: number][] = [
  ["ai21/jamba-1-5-mini", 5, 10],
  ["qwen-max", 30, 148],
  ["qwen-plus", 8, 68],
  ["qwen-turbo", 1, 15],
  ["anthracite-org/magnum-v4-72b", 37, 50],
  ["cohere/command-r-plus", 6, 314],
  ["deepseek-chat", 16, 88],
  ["deepseek/deepseek-r1", 5, 74],
  ["google/gemma-3-27b-it", 0, 0],
  ["mistralai/codestral-2501", 3, 133],
  ["mistralai/mistral-nemo", 0, 5],
  ["mistralai/mistral-tiny", 2, 42],
  ["nvidia/llama-3.1-nemotron-70b-instruct", 11, 78],
  ["neversleep/llama-3.1-lumimaid-70b", 89, 228],
  ["gpt-3.5-turbo", 50, 126],
  ["gpt-4", 504, 1260],
  ["gpt-4-1106-preview", 168, 630],
  ["gpt-4-turbo", 168, 630],
  ["chatgpt-4o-latest", 84, 347],
  ["gpt-4o-mini", 3, 13],
  ["gpt-4o-search-preview", 5, 210],
  ["gpt-4o-mini-search-preview", 0, 13],
  ["o1", 221, 2646],
  ["o1-preview", 284, 51786],
  ["o3-mini", 16, 2559],
  ["gpt-4.5-preview", 1260, 3150],
  ["openai/gpt-4.1-2025-04-14", 34, 168],
  ["openai/gpt-4.1-mini-2025-04-14", 7, 34],
  ["openai/gpt-4.1-nano-2025-04-14", 2, 8],
  ["x-ai/grok-beta", 77, 926],
  ["x-ai/grok-3-beta", 50, 315],
  ["x-ai/grok-3-mini-beta", 5, 19],
];

describe("prices", () => {
  test.each(published)("the Hello of %s costs what is published", (id, input, output) => {
    expect(chat(id).hello).toEqual({ input, output });
  });

  test("no model carries a sample that wasn't published", () => {
    expect(models.filter(({ hello }) => hello)).toHaveLength(published.length);
  });

  test.each(models.flatMap(({ id, rates, hello }) => (rates && hello ? [{ id, rates, hello }] : [])))(
    "the rates of $id give its sample for a whole number of tokens",
    ({ rates, hello }) => {
      for (const side of ["input", "output"] as const) {
        const tokens = Math.round(hello[side] / rates[side]);
        expect(Math.round(tokens * rates[side])).toBe(hello[side]);
      }
    },
  );

  test("every rate says where it is from", () => {
    for (const { rates } of models) if (rates) expect(rates.evidence).toMatch(/published.+2025-04-16/);
  });
});

describe("documented capabilities", () => {
  const ids = (wanted: (model: (typeof openaiFamily)[number]) => boolean) =>
    openaiFamily.filter(wanted).map(({ id }) => id);

  test("only o1 can't stream", () => {
    expect(ids(({ capabilities }) => !capabilities.streaming)).toEqual(["o1"]);
  });

  test("o1-mini and o1-preview take no system message", () => {
    expect(ids(({ capabilities }) => !capabilities.systemRole)).toEqual(["o1-mini", "o1-preview"]);
  });

  test("the o models take the output limit under its newer name", () => {
    expect(ids(({ capabilities }) => capabilities.outputLimitName === "max_completion_tokens")).toEqual([
      "o1",
      "o1-mini",
      "o1-preview",
      "o3-mini",
    ]);
  });

  test("function calling is what the documentation lists", () => {
    const listed = ids(({ capabilities }) => capabilities.tools);
    expect(listed.filter((id) => /^(qwen|google)/.test(id))).toHaveLength(7);
    expect(listed.filter((id) => !/^(qwen|google)/.test(id))).toEqual([
      "gpt-4o",
      "chatgpt-4o-latest",
      "gpt-4o-mini",
      "openai/gpt-4.1-2025-04-14",
      "openai/gpt-4.1-mini-2025-04-14",
      "openai/gpt-4.1-nano-2025-04-14",
      "gpt-4-turbo",
    ]);
  });

  test("an alias has the facts of its model", () => {
    expect(chat("deepseek-reasoner")).toBe(chat("deepseek/deepseek-r1"));
    expect(chat("deepseek-reasoner").capabilities.reasoning).toBe(true);
  });
});

describe("embedding shapes", () => {
  test("only OpenAI's take base64, and only their vector lengths are published", () => {
    expect(embedding("text-embedding-3-small")).toMatchObject({ input: "strings", dimensions: 1536, base64: true });
    expect(embedding("text-embedding-3-large")).toMatchObject({ input: "strings", dimensions: 3072, base64: true });
    expect(embeddingModels.filter((model) => model.embedding.base64)).toHaveLength(3);
  });

  test("bge and m2-bert take one string of at most 3000 characters", () => {
    const single = embeddingModels.filter((model) => model.embedding.input === "string");
    expect(single.map(({ vendor }) => vendor)).toEqual(["BAAI", "BAAI", "Together AI", "Together AI", "Together AI"]);
    for (const model of single) expect(model.embedding.maxCharacters).toBe(3000);
  });

  test("no model allows the key user", () => {
    for (const model of embeddingModels) expect(model.embedding.parameters).not.toContain("user");
  });
});
