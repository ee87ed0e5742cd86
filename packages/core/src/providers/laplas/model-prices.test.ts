import { describe, expect, test } from "vitest";
import { builtInModels } from "./built-in-models.js";
import { createCatalog } from "./laplas-catalog.js";

/** The usage published for a user message "Hello": id of the example call, input and output in API tokens. */
const published: readonly [id: string, input: number, output: number][] = [
  ["ai21/jamba-1-5-mini", 5, 10],
  ["Qwen/Qwen2-72B-Instruct", 38, 19],
  ["Qwen/Qwen2.5-72B-Instruct-Turbo", 76, 73],
  ["Qwen/Qwen2.5-7B-Instruct-Turbo", 19, 6],
  ["Qwen/Qwen2.5-Coder-32B-Instruct", 50, 17],
  ["qwen-max", 30, 148],
  ["qwen-plus", 8, 68],
  ["qwen-turbo", 1, 15],
  ["anthracite-org/magnum-v4-72b", 37, 50],
  ["claude-3-haiku-latest", 4, 32],
  ["claude-3-opus-latest", 252, 1890],
  ["claude-3-sonnet-latest", 50, 378],
  ["claude-3-5-sonnet-latest", 50, 378],
  ["cohere/command-r-plus", 6, 314],
  ["deepseek-chat", 16, 88],
  ["deepseek/deepseek-r1", 5, 74],
  ["gemini-1.5-flash", 0, 4],
  ["gemini-1.5-pro", 5, 173],
  ["google/gemini-2.0-flash-exp", 5, 173],
  ["gemini-pro", 0, 9],
  ["google/gemma-2-27b-it", 17, 22],
  ["Gryphe/MythoMax-L2-13b-Lite", 3, 2],
  ["meta-llama/Llama-3-70b-chat-hf", 20, 48],
  ["meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo", 4, 4],
  ["meta-llama/Llama-3.2-3B-Instruct-Turbo", 5, 1],
  ["meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo", 28, 25],
  ["meta-llama/Llama-3.3-70B-Instruct-Turbo", 67, 46],
  ["meta-llama/Llama-Vision-Free", 0, 0],
  ["meta-llama/Meta-Llama-3-8B-Instruct-Lite", 2, 5],
  ["meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo", 265, 81],
  ["meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", 67, 18],
  ["meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", 14, 4],
  ["abab6.5s-chat", 22, 4],
  ["MiniMax-Text-01", 312, 97],
  ["mistralai/Mistral-7B-Instruct-v0.3", 2, 27],
  ["mistralai/Mixtral-8x22B-Instruct-v0.1", 10, 103],
  ["mistralai/Mixtral-8x7B-Instruct-v0.1", 11, 66],
  ["mistralai/codestral-2501", 3, 133],
  ["mistralai/mistral-nemo", 0, 5],
  ["mistralai/mistral-tiny", 2, 42],
  ["nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", 31, 266],
  ["nvidia/llama-3.1-nemotron-70b-instruct", 11, 78],
  ["neversleep/llama-3.1-lumimaid-70b", 89, 228],
  ["NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", 14, 52],
  ["gpt-3.5-turbo", 50, 126],
  ["gpt-4-1106-preview", 168, 630],
  ["gpt-4-turbo", 168, 630],
  ["gpt-4.5-preview", 1260, 3150],
  ["gpt-4", 504, 1260],
  ["gpt-4o-mini", 3, 13],
  ["chatgpt-4o-latest", 84, 347],
  ["o1-preview", 284, 51786],
  ["o1", 221, 2646],
  ["o3-mini", 16, 2559],
  ["Qwen/QwQ-32B", 25, 88],
  ["claude-3-5-haiku-latest", 17, 221],
  ["anthropic/claude-3.7-sonnet", 50, 1323],
  ["google/gemini-2.0-flash-thinking-exp-01-21", 0, 10],
  ["gemini-2.0-flash", 0, 8],
  ["gemini-2.5-pro-exp-03-25", 0, 0],
  ["google/gemini-2.5-pro-preview", 3, 210],
  ["google/gemma-3-27b-it", 0, 0],
  ["meta-llama/llama-4-maverick", 6, 41],
  ["meta-llama/llama-4-scout", 4, 30],
  ["openai/gpt-4.1-mini-2025-04-14", 7, 34],
  ["openai/gpt-4.1-nano-2025-04-14", 2, 8],
  ["openai/gpt-4.1-2025-04-14", 34, 168],
  ["gpt-4o-mini-search-preview", 0, 13],
  ["gpt-4o-search-preview", 5, 210],
  ["x-ai/grok-beta", 77, 926],
  ["x-ai/grok-3-beta", 50, 315],
  ["x-ai/grok-3-mini-beta", 5, 19],
];

/** List prices of April 2025 in USD per million model tokens, as LiteLLM 1.66.0 had them: id, input, output. */
const listPrices: readonly [id: string, input: number, output: number][] = [
  ["ai21/jamba-1-5-mini", 0.2, 0.4],
  ["anthropic/claude-3-haiku-20240307", 0.25, 1.25],
  ["claude-3-haiku-20240307", 0.25, 1.25],
  ["anthropic/claude-3-5-haiku-20241022", 0.8, 4],
  ["claude-3-5-haiku-20241022", 0.8, 4],
  ["claude-3-5-haiku-latest", 1, 5],
  ["anthropic/claude-3-opus-20240229", 15, 75],
  ["claude-3-opus-20240229", 15, 75],
  ["claude-3-opus-latest", 15, 75],
  ["claude-3-sonnet-20240229", 3, 15],
  ["anthropic/claude-3-sonnet-20240229", 3, 15],
  ["claude-3-5-sonnet-20240620", 3, 15],
  ["claude-3-5-sonnet-20241022", 3, 15],
  ["claude-3-5-sonnet-latest", 3, 15],
  ["claude-3-7-sonnet-20250219", 3, 15],
  ["claude-3-7-sonnet-latest", 3, 15],
  ["cohere/command-r-plus", 2.5, 10],
  ["deepseek-chat", 0.27, 1.1],
  ["deepseek/deepseek-chat", 0.27, 1.1],
  ["deepseek/deepseek-r1", 0.55, 2.19],
  ["google/gemini-pro", 0.35, 1.05],
  ["gemini-pro", 0.35, 1.05],
  ["gemini-1.5-flash", 0.075, 0.3],
  ["gemini-1.5-pro", 3.5, 10.5],
  ["google/gemini-2.0-flash-exp", 0, 0],
  ["gemini-2.0-flash-exp", 0, 0],
  ["google/gemini-2.0-flash-thinking-exp-01-21", 0, 0],
  ["gemini-2.0-flash-thinking-exp-01-21", 0, 0],
  ["google/gemini-2.0-flash", 0.1, 0.4],
  ["gemini-2.0-flash", 0.1, 0.4],
  ["google/gemini-2.5-pro-exp-03-25", 1.25, 10],
  ["gemini-2.5-pro-exp-03-25", 1.25, 10],
  ["google/gemini-2.5-pro-preview", 1.25, 10],
  ["google/gemma-3-27b-it", 0, 0],
  ["meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", 0.18, 0.18],
  ["meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", 0.88, 0.88],
  ["meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo", 3.5, 3.5],
  ["meta-llama/Llama-3.3-70B-Instruct-Turbo", 0.88, 0.88],
  ["mistralai/codestral-2501", 1, 3],
  ["mistralai/mistral-nemo", 0.3, 0.3],
  ["mistralai/mistral-tiny", 0.25, 0.25],
  ["mistralai/Mixtral-8x7B-Instruct-v0.1", 0.6, 0.6],
  ["gpt-3.5-turbo", 1.5, 2],
  ["gpt-3.5-turbo-0125", 0.5, 1.5],
  ["gpt-3.5-turbo-1106", 1, 2],
  ["gpt-4", 30, 60],
  ["gpt-4-0125-preview", 10, 30],
  ["gpt-4-1106-preview", 10, 30],
  ["gpt-4-turbo", 10, 30],
  ["gpt-4-turbo-2024-04-09", 10, 30],
  ["chatgpt-4o-latest", 5, 15],
  ["gpt-4o", 2.5, 10],
  ["gpt-4o-2024-05-13", 5, 15],
  ["gpt-4o-2024-08-06", 2.5, 10],
  ["gpt-4o-mini", 0.15, 0.6],
  ["gpt-4o-mini-2024-07-18", 0.15, 0.6],
  ["gpt-4o-audio-preview", 2.5, 10],
  ["gpt-4o-search-preview", 2.5, 10],
  ["gpt-4o-mini-search-preview", 0.15, 0.6],
  ["o1", 15, 60],
  ["o1-mini", 1.1, 4.4],
  ["o1-mini-2024-09-12", 3, 12],
  ["o1-preview", 15, 60],
  ["o1-preview-2024-09-12", 15, 60],
  ["o3-mini", 1.1, 4.4],
  ["gpt-4.5-preview", 75, 150],
  ["x-ai/grok-beta", 5, 15],
  ["x-ai/grok-3-beta", 3, 15],
  ["x-ai/grok-3-mini-beta", 0.3, 0.5],
  ["voyage-2", 0.1, 0],
  ["voyage-code-2", 0.12, 0],
  ["voyage-finance-2", 0.12, 0],
  ["voyage-large-2", 0.12, 0],
  ["voyage-law-2", 0.12, 0],
  ["textembedding-gecko-multilingual@001", 0.1, 0],
  ["textembedding-gecko@001", 0.1, 0],
  ["textembedding-gecko@003", 0.1, 0],
  ["text-multilingual-embedding-002", 0.1, 0],
  ["text-embedding-3-large", 0.13, 0],
  ["text-embedding-3-small", 0.02, 0],
  ["text-embedding-ada-002", 0.1, 0],
];

/** Ids whose list price is not the model's, and what is, in USD per million. */
const otherThanListed: Readonly<Record<string, readonly [input: number, output: number]>> = {
  // The sample of the model contradicts the list.
  "anthropic/claude-3-5-haiku-20241022": [1, 5],
  "claude-3-5-haiku-20241022": [1, 5],
  "cohere/command-r-plus": [2.85 * 1.05, 14.25 * 1.05],
  "gemini-1.5-pro": [1.25, 5],
  "google/gemini-2.0-flash-exp": [1.25, 5],
  "gemini-2.0-flash-exp": [1.25, 5],
  "google/gemini-2.0-flash-thinking-exp-01-21": [0.1, 0.4],
  "gemini-2.0-flash-thinking-exp-01-21": [0.1, 0.4],
  "google/gemini-2.5-pro-exp-03-25": [0, 0],
  "gemini-2.5-pro-exp-03-25": [0, 0],
  "mistralai/codestral-2501": [0.3 * 1.05, 0.9 * 1.05],
  "gpt-3.5-turbo": [3, 6],
  "gpt-3.5-turbo-0125": [3, 6],
  "gpt-3.5-turbo-1106": [3, 6],
  "x-ai/grok-beta": [5 * 1.05, 15 * 1.05],
  // So does the only sample of its page.
  "gpt-4o": [5, 15],
  "gpt-4o-2024-08-06": [5, 15],
  // The price of the primary id is the model's.
  "o1-mini-2024-09-12": [1.1, 4.4],
};

/** Chat and embedding models for which neither a sample nor a list price is known. */
const withoutPrice = [
  "gpt-4o-mini-audio-preview",
  "meta-llama/Llama-3-8b-chat-hf",
  "voyage-large-2-instruct",
  "voyage-multilingual-2",
  "BAAI/bge-base-en-v1.5",
  "BAAI/bge-large-en-v1.5",
  "togethercomputer/m2-bert-80M-2k-retrieval",
  "togethercomputer/m2-bert-80M-8k-retrieval",
  "togethercomputer/m2-bert-80M-32k-retrieval",
];

/** Models whose rates are not exact for their sample: the nearest public price, one not contradicted, or the sample spread. */
const inexact = /nearest to it|list prices|spread over/;
const catalog = createCatalog();

function modelOf(id: string) {
  const found = catalog.find(id);
  if (found.kind !== "model") throw new Error(`${id} is no model`);
  return found.model;
}

describe("prices", () => {
  test("72 samples are published", () => {
    expect(new Set(published.map(([id]) => id)).size).toBe(72);
  });

  test("the Hello of a model costs what is published", () => {
    for (const [id, input, output] of published) expect.soft(modelOf(id).hello, id).toEqual({ input, output });
  });

  test("no model carries a sample that wasn't published", () => {
    expect(builtInModels.filter(({ hello }) => hello)).toHaveLength(published.length);
  });

  test("rates inferred from a sample give it for a whole number of tokens", () => {
    const priced = builtInModels.flatMap(({ id, rates, hello }) => (rates && hello ? [{ id, rates, hello }] : []));
    expect(priced).toHaveLength(published.length);
    const exact = priced.filter(({ rates }) => !inexact.test(rates.evidence));
    expect(exact).toHaveLength(56);
    for (const { id, rates, hello } of exact) {
      for (const side of ["input", "output"] as const) {
        const tokens = rates[side] === 0 ? 0 : Math.round(hello[side] / rates[side]);
        expect.soft(Math.round(tokens * rates[side]), `${id}, ${side}`).toBe(hello[side]);
      }
    }
  });

  test("of all 139 ids are known, but for nine", () => {
    const asked = builtInModels.filter(({ modality }) => modality !== "image");
    expect(asked.flatMap(({ id, aliases }) => [id, ...aliases])).toHaveLength(139);
    expect(asked.filter(({ rates }) => !rates).map(({ id }) => id)).toEqual(expect.arrayContaining(withoutPrice));
    expect(asked.filter(({ rates }) => !rates)).toHaveLength(withoutPrice.length);
    expect(withoutPrice.filter((id) => listPrices.some(([listed]) => listed === id))).toEqual([]);
  });

  test("are the list price x 2.1 where there is one and no sample contradicts it", () => {
    expect(listPrices).toHaveLength(81);
    for (const [id, ...price] of listPrices) {
      const [input, output] = otherThanListed[id] ?? price;
      const { rates } = modelOf(id);
      expect.soft(rates?.input, id).toBeCloseTo(input * 2.1, 8);
      expect.soft(rates?.output, id).toBeCloseTo(output * 2.1, 8);
    }
    const ids = listPrices.map(([id]) => id);
    expect(Object.keys(otherThanListed).filter((id) => !ids.includes(id))).toEqual([]);
    for (const { id, aliases, rates } of builtInModels) {
      if (rates?.evidence.includes("list prices"))
        expect([id, ...aliases].some((name) => ids.includes(name))).toBe(true);
    }
  });

  test("are 0 for what the sample of a whole page was charged 0 for, and on no side of any other model", () => {
    const isFree = (side: "input" | "output") =>
      builtInModels.filter(({ modality, rates }) => modality === "chat" && rates?.[side] === 0).map(({ id }) => id);
    const free = [
      "google/gemma-3-1b-it",
      "google/gemma-3-4b-it",
      "google/gemma-3-12b-it",
      "google/gemma-3-27b-it",
      "meta-llama/Llama-Vision-Free",
      "gemini-2.5-pro-exp-03-25",
    ];
    expect(isFree("input")).toEqual(free);
    expect(isFree("output")).toEqual(free);
    for (const { id, modality, rates } of builtInModels) {
      if (modality !== "embedding" || !rates) continue;
      expect.soft(rates.input, id).toBeGreaterThan(0);
      expect.soft(rates.output, id).toBe(0);
    }
  });

  test("every rate says what it was inferred from, and of which date", () => {
    for (const { id, rates } of builtInModels) {
      if (rates) expect.soft(rates.evidence, id).toMatch(/^Inferred from .+(2025-04-16|April 2025).+\.$/);
    }
  });
});
