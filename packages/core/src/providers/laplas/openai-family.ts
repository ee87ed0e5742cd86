import { defineChatModels } from "./define-chat-models.js";
import type { ChatModel } from "../../catalog/model.js";

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
 * The OpenAI-like chat family, as documented on 2025-04-16. A rate stands here only where the published usage of
 * "Hello" gives it exactly; other models start from `hello` alone.
 */
export const openaiFamily: readonly ChatModel[] = [
  define("OpenAI", "gpt-4o", {
    aliases: ["gpt-4o-2024-05-13", "gpt-4o-2024-08-06"],
    contextTokens: 128 * k,
    tools,
    rates: [10.5, 31.5],
  }),
  // On the page of gpt-4o, with the only usage sample there: gpt-4o's rates are this model's.
  define("OpenAI", "chatgpt-4o-latest", {
    label: "gpt-4o",
    contextTokens: 128 * k,
    tools,
    rates: [10.5, 31.5],
    hello: [84, 347],
  }),
  define("OpenAI", "gpt-4o-mini", {
    aliases: ["gpt-4o-mini-2024-07-18"],
    contextTokens: 128 * k,
    tools,
    rates: [0.315, 1.26],
    hello: [3, 13],
  }),
  define("OpenAI", "openai/gpt-4.1-2025-04-14", {
    label: "gpt-4.1",
    contextTokens: 1000 * k,
    tools,
    rates: [4.2, 16.8],
    hello: [34, 168],
  }),
  define("OpenAI", "openai/gpt-4.1-mini-2025-04-14", {
    label: "gpt-4.1-mini",
    contextTokens: 1000 * k,
    tools,
    rates: [0.84, 3.36],
    hello: [7, 34],
  }),
  define("OpenAI", "openai/gpt-4.1-nano-2025-04-14", {
    label: "gpt-4.1-nano",
    contextTokens: 1000 * k,
    tools,
    rates: [0.21, 0.84],
    hello: [2, 8],
  }),
  define("OpenAI", "gpt-4.5-preview", { contextTokens: 128 * k, rates: [157.5, 315], hello: [1260, 3150] }),
  define("OpenAI", "gpt-4-turbo", {
    aliases: ["gpt-4-turbo-2024-04-09"],
    contextTokens: 128 * k,
    tools,
    rates: [21, 63],
    hello: [168, 630],
  }),
  define("OpenAI", "gpt-4-0125-preview", {
    aliases: ["gpt-4-1106-preview"],
    label: "gpt-4-preview",
    contextTokens: 8 * k,
    rates: [21, 63],
    hello: [168, 630],
  }),
  define("OpenAI", "gpt-4", { contextTokens: 8 * k, rates: [63, 126], hello: [504, 1260] }),
  define("OpenAI", "gpt-3.5-turbo", {
    aliases: ["gpt-3.5-turbo-0125", "gpt-3.5-turbo-1106"],
    contextTokens: 16 * k,
    rates: [6.3, 12.6],
    hello: [50, 126],
  }),
  define("OpenAI", "gpt-4o-audio-preview", { contextTokens: 128 * k }),
  define("OpenAI", "gpt-4o-mini-audio-preview", { contextTokens: 128 * k }),
  define("OpenAI", "gpt-4o-search-preview", { contextTokens: 128 * k, hello: [5, 210] }),
  define("OpenAI", "gpt-4o-mini-search-preview", { contextTokens: 128 * k, hello: [0, 13] }),
  define("OpenAI", "o1", {
    contextTokens: 200 * k,
    ...thinks,
    streaming: false,
    rates: [31.5, 126],
    hello: [221, 2646],
  }),
  define("OpenAI", "o1-mini", {
    aliases: ["o1-mini-2024-09-12"],
    contextTokens: 128 * k,
    ...thinks,
    systemRole: false,
  }),
  define("OpenAI", "o1-preview", {
    aliases: ["o1-preview-2024-09-12"],
    contextTokens: 128 * k,
    ...thinks,
    systemRole: false,
    hello: [284, 51_786],
  }),
  define("OpenAI", "o3-mini", { contextTokens: 200 * k, ...thinks, hello: [16, 2559] }),

  define("xAI", "x-ai/grok-3-beta", { contextTokens: 131 * k, rates: [6.3, 31.5], hello: [50, 315] }),
  define("xAI", "x-ai/grok-3-mini-beta", { contextTokens: 131 * k, reasoning: true, hello: [5, 19] }),
  define("xAI", "x-ai/grok-beta", { contextTokens: 131 * k, hello: [77, 926] }),

  define("DeepSeek", "deepseek/deepseek-chat", {
    aliases: ["deepseek-chat", "deepseek/deepseek-chat-v3-0324"],
    label: "DeepSeek V3",
    contextTokens: 128 * k,
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
    hello: [5, 74],
  }),

  define("Alibaba Cloud", "qwen-max", {
    aliases: ["qwen-max-2025-01-25"],
    contextTokens: 32 * k,
    tools,
    hello: [30, 148],
  }),
  define("Alibaba Cloud", "qwen-plus", { contextTokens: 131 * k, tools, hello: [8, 68] }),
  define("Alibaba Cloud", "qwen-turbo", { contextTokens: 1000 * k, tools, hello: [1, 15] }),

  // No context length is published for gemma-3. Four sizes share the page and its label; only the largest has a sample.
  define("Google", "google/gemma-3-1b-it", { label: "gemma-3", tools }),
  define("Google", "google/gemma-3-4b-it", { label: "gemma-3", tools }),
  define("Google", "google/gemma-3-12b-it", { label: "gemma-3", tools }),
  define("Google", "google/gemma-3-27b-it", { label: "gemma-3", tools, hello: [0, 0] }),

  define("Mistral AI", "mistralai/codestral-2501", { contextTokens: 256 * k, hello: [3, 133] }),
  define("Mistral AI", "mistralai/mistral-nemo", { contextTokens: 128 * k, hello: [0, 5] }),
  define("Mistral AI", "mistralai/mistral-tiny", { contextTokens: 32 * k, hello: [2, 42] }),

  define("AI21 Labs", "ai21/jamba-1-5-mini", { contextTokens: 256 * k, hello: [5, 10] }),
  define("Anthracite", "anthracite-org/magnum-v4-72b", {
    label: "magnum-v4",
    contextTokens: 32 * k,
    hello: [37, 50],
  }),
  define("Cohere", "cohere/command-r-plus", { contextTokens: 128 * k, hello: [6, 314] }),
  define("NVIDIA", "nvidia/llama-3.1-nemotron-70b-instruct", {
    label: "llama-3.1-nemotron-70b",
    contextTokens: 128 * k,
    hello: [11, 78],
  }),
  define("NeverSleep", "neversleep/llama-3.1-lumimaid-70b", {
    label: "llama-3.1-lumimaid",
    contextTokens: 8 * k,
    hello: [89, 228],
  }),
];
