import type { ChatModel } from "../../catalog/model.js";
import { defineChatModels } from "./define-chat-models.js";
import { free, listed, resold, samePage, sampled, spread } from "./price-sources.js";

const define = defineChatModels("openai", {
  tools: false,
  streaming: true,
  systemRole: true,
  responseFormat: true,
  reasoning: false,
  thinkMarks: "none",
  outputLimitName: "max_tokens",
});
// The o models' reasoning counts as output, hence the other name for the limit.
const thinks = { reasoning: true, outputLimitName: "max_completion_tokens" } as const;
const tools = true;
const k = 1000;

/**
 * The OpenAI-like chat family, as documented on 2025-04-16. Prices are in USD per million model tokens, as public
 * lists give them; the name in front of them says what they rest on.
 */
export const openaiFamily: readonly ChatModel[] = [
  define("OpenAI", "gpt-4o", {
    aliases: ["gpt-4o-2024-05-13", "gpt-4o-2024-08-06"],
    contextTokens: 128 * k,
    tools,
    // Listed at 2.5 / 10, and gpt-4o-2024-05-13 at 5 / 15. The one sample of the page is at 5 / 15 and counts for all of it.
    rates: samePage("chatgpt-4o-latest", sampled(5, 15)),
  }),
  define("OpenAI", "chatgpt-4o-latest", {
    label: "gpt-4o",
    contextTokens: 128 * k,
    tools,
    rates: sampled(5, 15),
    hello: [84, 347],
  }),
  define("OpenAI", "gpt-4o-mini", {
    aliases: ["gpt-4o-mini-2024-07-18"],
    contextTokens: 128 * k,
    tools,
    rates: sampled(0.15, 0.6),
    hello: [3, 13],
  }),
  define("OpenAI", "openai/gpt-4.1-2025-04-14", {
    label: "gpt-4.1",
    contextTokens: 1000 * k,
    tools,
    rates: sampled(2, 8),
    hello: [34, 168],
  }),
  define("OpenAI", "openai/gpt-4.1-mini-2025-04-14", {
    label: "gpt-4.1-mini",
    contextTokens: 1000 * k,
    tools,
    rates: sampled(0.4, 1.6),
    hello: [7, 34],
  }),
  define("OpenAI", "openai/gpt-4.1-nano-2025-04-14", {
    label: "gpt-4.1-nano",
    contextTokens: 1000 * k,
    tools,
    rates: sampled(0.1, 0.4),
    hello: [2, 8],
  }),
  define("OpenAI", "gpt-4.5-preview", { contextTokens: 128 * k, rates: sampled(75, 150), hello: [1260, 3150] }),
  define("OpenAI", "gpt-4-turbo", {
    aliases: ["gpt-4-turbo-2024-04-09"],
    contextTokens: 128 * k,
    tools,
    rates: sampled(10, 30),
    hello: [168, 630],
  }),
  define("OpenAI", "gpt-4-0125-preview", {
    aliases: ["gpt-4-1106-preview"],
    label: "gpt-4-preview",
    contextTokens: 8 * k,
    rates: sampled(10, 30),
    hello: [168, 630],
  }),
  define("OpenAI", "gpt-4", { contextTokens: 8 * k, rates: sampled(30, 60), hello: [504, 1260] }),
  define("OpenAI", "gpt-3.5-turbo", {
    aliases: ["gpt-3.5-turbo-0125", "gpt-3.5-turbo-1106"],
    contextTokens: 16 * k,
    // Listed at 1.5 / 2 and less; the sample fits no such price.
    rates: sampled(3, 6),
    hello: [50, 126],
  }),
  define("OpenAI", "gpt-4o-audio-preview", { contextTokens: 128 * k, rates: listed(2.5, 10) }),
  define("OpenAI", "gpt-4o-mini-audio-preview", { contextTokens: 128 * k }),
  define("OpenAI", "gpt-4o-search-preview", { contextTokens: 128 * k, rates: listed(2.5, 10), hello: [5, 210] }),
  define("OpenAI", "gpt-4o-mini-search-preview", { contextTokens: 128 * k, rates: listed(0.15, 0.6), hello: [0, 13] }),
  define("OpenAI", "o1", {
    contextTokens: 200 * k,
    ...thinks,
    streaming: false,
    rates: sampled(15, 60),
    hello: [221, 2646],
  }),
  define("OpenAI", "o1-mini", {
    aliases: ["o1-mini-2024-09-12"],
    contextTokens: 128 * k,
    ...thinks,
    systemRole: false,
    // The dated id is the same model, and was listed at its older price of 3 / 12.
    rates: listed(1.1, 4.4),
  }),
  define("OpenAI", "o1-preview", {
    aliases: ["o1-preview-2024-09-12"],
    contextTokens: 128 * k,
    ...thinks,
    systemRole: false,
    rates: sampled(15, 60),
    hello: [284, 51_786],
  }),
  define("OpenAI", "o3-mini", { contextTokens: 200 * k, ...thinks, rates: sampled(1.1, 4.4), hello: [16, 2559] }),

  define("xAI", "x-ai/grok-3-beta", { contextTokens: 131 * k, rates: sampled(3, 15), hello: [50, 315] }),
  define("xAI", "x-ai/grok-3-mini-beta", {
    contextTokens: 131 * k,
    reasoning: true,
    rates: listed(0.3, 0.5),
    hello: [5, 19],
  }),
  define("xAI", "x-ai/grok-beta", { contextTokens: 131 * k, rates: resold(5, 15), hello: [77, 926] }),

  // At the list price the sample is 28 tokens in and 38 out: more than "Hello" has, but not impossible.
  define("DeepSeek", "deepseek/deepseek-chat", {
    aliases: ["deepseek-chat", "deepseek/deepseek-chat-v3-0324"],
    label: "DeepSeek V3",
    contextTokens: 128 * k,
    rates: listed(0.27, 1.1),
    hello: [16, 88],
  }),
  // Documented with `reasoning_content`. Servers of the open weights write <think> instead, and since the template of
  // 2025-02-09 often its end alone (deepseek-ai/DeepSeek-R1#350); which server answers is documented nowhere.
  define("DeepSeek", "deepseek/deepseek-r1", {
    aliases: ["deepseek-reasoner"],
    label: "DeepSeek R1",
    contextTokens: 128 * k,
    reasoning: true,
    thinkMarks: "end",
    rates: listed(0.55, 2.19),
    hello: [5, 74],
  }),

  define("Alibaba Cloud", "qwen-max", {
    aliases: ["qwen-max-2025-01-25"],
    contextTokens: 32 * k,
    tools,
    rates: sampled(1.6, 6.4),
    hello: [30, 148],
  }),
  define("Alibaba Cloud", "qwen-plus", { contextTokens: 131 * k, tools, rates: sampled(0.4, 1.2), hello: [8, 68] }),
  define("Alibaba Cloud", "qwen-turbo", { contextTokens: 1000 * k, tools, rates: sampled(0.05, 0.2), hello: [1, 15] }),

  // No context length is published for gemma-3. Four sizes share the page and its label; only the largest has a sample.
  define("Google", "google/gemma-3-1b-it", { label: "gemma-3", tools, rates: samePage("google/gemma-3-27b-it", free) }),
  define("Google", "google/gemma-3-4b-it", { label: "gemma-3", tools, rates: samePage("google/gemma-3-27b-it", free) }),
  define("Google", "google/gemma-3-12b-it", {
    label: "gemma-3",
    tools,
    rates: samePage("google/gemma-3-27b-it", free),
  }),
  define("Google", "google/gemma-3-27b-it", { label: "gemma-3", tools, rates: free, hello: [0, 0] }),

  // Listed at 1 / 3, the price of the older model that codestral-latest was: one token in costs 2 there, two cost 4.
  define("Mistral AI", "mistralai/codestral-2501", {
    contextTokens: 256 * k,
    rates: resold(0.3, 0.9),
    hello: [3, 133],
  }),
  define("Mistral AI", "mistralai/mistral-nemo", { contextTokens: 128 * k, rates: listed(0.3, 0.3), hello: [0, 5] }),
  define("Mistral AI", "mistralai/mistral-tiny", { contextTokens: 32 * k, rates: listed(0.25, 0.25), hello: [2, 42] }),

  define("AI21 Labs", "ai21/jamba-1-5-mini", { contextTokens: 256 * k, rates: listed(0.2, 0.4), hello: [5, 10] }),
  define("Anthracite", "anthracite-org/magnum-v4-72b", {
    label: "magnum-v4",
    contextTokens: 32 * k,
    rates: resold(1.875, 2.25),
    hello: [37, 50],
  }),
  // Listed at 2.5 / 10, which gives neither side.
  define("Cohere", "cohere/command-r-plus", { contextTokens: 128 * k, rates: resold(2.85, 14.25), hello: [6, 314] }),
  define("NVIDIA", "nvidia/llama-3.1-nemotron-70b-instruct", {
    label: "llama-3.1-nemotron-70b",
    contextTokens: 128 * k,
    rates: spread(11, 78),
    hello: [11, 78],
  }),
  define("NeverSleep", "neversleep/llama-3.1-lumimaid-70b", {
    label: "llama-3.1-lumimaid",
    contextTokens: 8 * k,
    rates: resold(3.375, 4.5),
    hello: [89, 228],
  }),
];
