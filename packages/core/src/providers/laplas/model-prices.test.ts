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

  test("the rates of a model give its sample for a whole number of tokens", () => {
    const priced = builtInModels.flatMap(({ id, rates, hello }) => (rates && hello ? [{ id, rates, hello }] : []));
    expect(priced).toHaveLength(28);
    for (const { id, rates, hello } of priced) {
      for (const side of ["input", "output"] as const) {
        const tokens = Math.round(hello[side] / rates[side]);
        expect.soft(Math.round(tokens * rates[side]), `${id}, ${side}`).toBe(hello[side]);
      }
    }
  });

  test("every rate says where it is from", () => {
    for (const { rates } of builtInModels) if (rates) expect(rates.evidence).toMatch(/published.+2025-04-16/);
  });
});
