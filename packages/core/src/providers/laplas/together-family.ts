import type { ChatModel } from "../../catalog/model.js";
import { defineChatModels } from "./define-chat-models.js";
import { free, samePage, sampled } from "./price-sources.js";

const define = defineChatModels("together", {
  tools: false,
  streaming: true,
  systemRole: true,
  responseFormat: true,
  reasoning: false,
  thinkMarks: "none",
  outputLimitName: "max_tokens",
});
const tools = true;
const k = 1000;
const mistral7b = sampled(0.2, 0.2);

/**
 * The Together-like chat family, as documented on 2025-04-16. Prices are in USD per million model tokens. One flat price
 * holds for both sides of nearly all, and the chat template adds a fixed number of tokens to "Hello": models with the same
 * template (36 tokens for Llama 3.1 and 3.3, 30 for Qwen2.5, 11 for Llama 3 and 3.2 Vision) all come out at their price.
 */
export const togetherFamily: readonly ChatModel[] = [
  define("Meta", "meta-llama/Llama-3-70b-chat-hf", {
    label: "Llama-3-chat-hf",
    contextTokens: 8 * k,
    rates: sampled(0.88, 0.88),
    hello: [20, 48],
  }),
  define("Meta", "meta-llama/Llama-3-8b-chat-hf", { label: "Llama-3-chat-hf", contextTokens: 8 * k }),
  define("Meta", "meta-llama/Meta-Llama-3-8B-Instruct-Lite", {
    label: "Llama-3-8B-Instruct-Lite",
    contextTokens: 9 * k,
    rates: sampled(0.1, 0.1),
    hello: [2, 5],
  }),
  // The longer id is in the page's schema and also in the table of deprecated models: offered, on its way out.
  define("Meta", "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", {
    aliases: ["meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo-128K"],
    label: "Llama-3.1-8B-Instruct-Turbo",
    contextTokens: 128 * k,
    rates: sampled(0.18, 0.18),
    hello: [14, 4],
  }),
  define("Meta", "meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", {
    label: "Llama-3.1-70B-Instruct-Turbo",
    contextTokens: 128 * k,
    rates: sampled(0.88, 0.88),
    hello: [67, 18],
  }),
  // Sic: the documentation gives the largest Llama the smallest context.
  define("Meta", "meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo", {
    label: "Llama-3.1-405B-Instruct-Turbo",
    contextTokens: 4 * k,
    rates: sampled(3.5, 3.5),
    hello: [265, 81],
  }),
  define("Meta", "meta-llama/Llama-3.2-3B-Instruct-Turbo", {
    contextTokens: 131 * k,
    rates: sampled(0.06, 0.06),
    hello: [5, 1],
  }),
  define("Meta", "meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo", {
    contextTokens: 131 * k,
    tools,
    rates: sampled(0.18, 0.18),
    hello: [4, 4],
  }),
  define("Meta", "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo", {
    contextTokens: 131 * k,
    tools,
    rates: sampled(1.2, 1.2),
    hello: [28, 25],
  }),
  define("Meta", "meta-llama/Llama-Vision-Free", { contextTokens: 128 * k, tools, rates: free, hello: [0, 0] }),
  define("Meta", "meta-llama/Llama-3.3-70B-Instruct-Turbo", {
    contextTokens: 128 * k,
    rates: sampled(0.88, 0.88),
    hello: [67, 46],
  }),
  define("Meta", "meta-llama/llama-4-scout", {
    label: "Llama-4-scout",
    contextTokens: 256 * k,
    tools,
    rates: sampled(0.18, 0.59),
    hello: [4, 30],
  }),
  define("Meta", "meta-llama/llama-4-maverick", {
    label: "Llama-4-maverick",
    contextTokens: 256 * k,
    tools,
    rates: sampled(0.27, 0.85),
    hello: [6, 41],
  }),

  define("Alibaba Cloud", "Qwen/Qwen2-72B-Instruct", {
    contextTokens: 32 * k,
    rates: sampled(0.9, 0.9),
    hello: [38, 19],
  }),
  define("Alibaba Cloud", "Qwen/Qwen2.5-7B-Instruct-Turbo", {
    contextTokens: 32 * k,
    rates: sampled(0.3, 0.3),
    hello: [19, 6],
  }),
  define("Alibaba Cloud", "Qwen/Qwen2.5-72B-Instruct-Turbo", {
    contextTokens: 32 * k,
    rates: sampled(1.2, 1.2),
    hello: [76, 73],
  }),
  define("Alibaba Cloud", "Qwen/Qwen2.5-Coder-32B-Instruct", {
    contextTokens: 131 * k,
    rates: sampled(0.8, 0.8),
    hello: [50, 17],
  }),
  // Documented with its thoughts in `content`, between <think> and </think>. Its published template writes the first of
  // the two into the prompt, so servers differ in whether the answer has it.
  define("Alibaba Cloud", "Qwen/QwQ-32B", {
    label: "Qwen-QwQ-32B",
    contextTokens: 131 * k,
    reasoning: true,
    thinkMarks: "end",
    rates: sampled(1.2, 1.2),
    hello: [25, 88],
  }),

  // Three versions share the page and its label; only the newest has a sample.
  define("Mistral AI", "mistralai/Mistral-7B-Instruct-v0.1", {
    label: "Mistral-7B-Instruct",
    contextTokens: 8 * k,
    rates: samePage("mistralai/Mistral-7B-Instruct-v0.3", mistral7b),
  }),
  define("Mistral AI", "mistralai/Mistral-7B-Instruct-v0.2", {
    label: "Mistral-7B-Instruct",
    contextTokens: 32 * k,
    rates: samePage("mistralai/Mistral-7B-Instruct-v0.3", mistral7b),
  }),
  define("Mistral AI", "mistralai/Mistral-7B-Instruct-v0.3", {
    label: "Mistral-7B-Instruct",
    contextTokens: 32 * k,
    rates: mistral7b,
    hello: [2, 27],
  }),
  define("Mistral AI", "mistralai/Mixtral-8x22B-Instruct-v0.1", {
    label: "Mixtral-8x22B-Instruct",
    contextTokens: 64 * k,
    rates: sampled(1.2, 1.2),
    hello: [10, 103],
  }),
  define("Mistral AI", "mistralai/Mixtral-8x7B-Instruct-v0.1", {
    label: "Mixtral-8x7B-Instruct",
    contextTokens: 64 * k,
    rates: sampled(0.6, 0.6),
    hello: [11, 66],
  }),

  define("Google", "google/gemma-2-27b-it", {
    label: "gemma-2",
    contextTokens: 8 * k,
    rates: sampled(0.8, 0.8),
    hello: [17, 22],
  }),
  define("Gryphe", "Gryphe/MythoMax-L2-13b-Lite", { contextTokens: 4 * k, rates: sampled(0.1, 0.1), hello: [3, 2] }),
  define("NVIDIA", "nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", {
    contextTokens: 128 * k,
    rates: sampled(0.88, 0.88),
    hello: [31, 266],
  }),
  define("NousResearch", "NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", {
    contextTokens: 32 * k,
    rates: sampled(0.6, 0.6),
    hello: [14, 52],
  }),
];
