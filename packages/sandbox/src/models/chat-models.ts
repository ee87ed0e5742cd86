import type { ChatFamilyName, ChatModel } from "./model.js";

type Row = readonly [id: string, name: string, vendor: string, context: number | null, input: number, output: number];

/*
 * Rates are API tokens per model token. Where the published "Hello" figures give them exactly (list price in USD per
 * million x 2.1) they are exact; for the other models the sample is spread over 8 prompt and 10 completion tokens.
 * A model without either has the rate of its nearest sibling.
 */
// biome-ignore format: a table
const openaiLike: readonly Row[] = [
  ["ai21/jamba-1-5-mini", "jamba-1-5-mini", "AI21 Labs", 256000, 0.42, 0.84],
  ["qwen-max", "qwen-max", "Alibaba Cloud", 32000, 3.36, 13.44],
  ["qwen-max-2025-01-25", "qwen-max", "Alibaba Cloud", 32000, 3.36, 13.44],
  ["qwen-plus", "qwen-plus", "Alibaba Cloud", 131000, 0.84, 2.52],
  ["qwen-turbo", "qwen-turbo", "Alibaba Cloud", 1000000, 0.105, 0.42],
  ["anthracite-org/magnum-v4-72b", "magnum-v4", "Anthracite", 32000, 4.625, 5.0],
  ["cohere/command-r-plus", "command-r-plus", "Cohere", 128000, 0.75, 31.4],
  ["deepseek-chat", "DeepSeek V3", "DeepSeek", 128000, 2, 8.8],
  ["deepseek/deepseek-chat", "DeepSeek V3", "DeepSeek", 128000, 2, 8.8],
  ["deepseek/deepseek-chat-v3-0324", "DeepSeek V3", "DeepSeek", 128000, 2, 8.8],
  ["deepseek/deepseek-r1", "DeepSeek R1", "DeepSeek", 128000, 0.625, 7.4],
  ["deepseek-reasoner", "DeepSeek R1", "DeepSeek", 128000, 0.625, 7.4],
  ["google/gemma-3-1b-it", "gemma-3", "Google", null, 0, 0],
  ["google/gemma-3-4b-it", "gemma-3", "Google", null, 0, 0],
  ["google/gemma-3-12b-it", "gemma-3", "Google", null, 0, 0],
  ["google/gemma-3-27b-it", "gemma-3", "Google", null, 0, 0],
  ["mistralai/codestral-2501", "codestral-2501", "Mistral AI", 256000, 0.375, 13.3],
  ["mistralai/mistral-nemo", "mistral-nemo", "Mistral AI", 128000, 0, 0.5],
  ["mistralai/mistral-tiny", "mistral-tiny", "Mistral AI", 32000, 0.25, 4.2],
  ["nvidia/llama-3.1-nemotron-70b-instruct", "llama-3.1-nemotron-70b", "NVIDIA", 128000, 1.375, 7.8],
  ["neversleep/llama-3.1-lumimaid-70b", "llama-3.1-lumimaid", "NeverSleep", 8000, 11.125, 22.8],
  ["gpt-3.5-turbo", "gpt-3.5-turbo", "OpenAI", 16000, 6.3, 12.6],
  ["gpt-3.5-turbo-0125", "gpt-3.5-turbo", "OpenAI", 16000, 6.3, 12.6],
  ["gpt-3.5-turbo-1106", "gpt-3.5-turbo", "OpenAI", 16000, 6.3, 12.6],
  ["gpt-4", "gpt-4", "OpenAI", 8000, 63, 126],
  ["gpt-4-0125-preview", "gpt-4-preview", "OpenAI", 8000, 21, 63],
  ["gpt-4-1106-preview", "gpt-4-preview", "OpenAI", 8000, 21, 63],
  ["gpt-4-turbo", "gpt-4-turbo", "OpenAI", 128000, 21, 63],
  ["gpt-4-turbo-2024-04-09", "gpt-4-turbo", "OpenAI", 128000, 21, 63],
  ["chatgpt-4o-latest", "gpt-4o", "OpenAI", 128000, 10.5, 31.5],
  ["gpt-4o", "gpt-4o", "OpenAI", 128000, 10.5, 31.5],
  ["gpt-4o-2024-05-13", "gpt-4o", "OpenAI", 128000, 10.5, 31.5],
  ["gpt-4o-2024-08-06", "gpt-4o", "OpenAI", 128000, 10.5, 31.5],
  ["gpt-4o-mini", "gpt-4o-mini", "OpenAI", 128000, 0.315, 1.26],
  ["gpt-4o-mini-2024-07-18", "gpt-4o-mini", "OpenAI", 128000, 0.315, 1.26],
  ["gpt-4o-audio-preview", "gpt-4o-audio-preview", "OpenAI", 128000, 10.5, 31.5],
  ["gpt-4o-mini-audio-preview", "gpt-4o-mini-audio-preview", "OpenAI", 128000, 0.315, 1.26],
  ["gpt-4o-search-preview", "gpt-4o-search-preview", "OpenAI", 128000, 5.25, 21],
  ["gpt-4o-mini-search-preview", "gpt-4o-mini-search-preview", "OpenAI", 128000, 0.315, 1.26],
  ["o1", "o1", "OpenAI", 200000, 31.5, 126],
  ["o1-mini", "o1-mini", "OpenAI", 128000, 6.3, 25.2],
  ["o1-mini-2024-09-12", "o1-mini", "OpenAI", 128000, 6.3, 25.2],
  ["o1-preview", "o1-preview", "OpenAI", 128000, 31.5, 126],
  ["o1-preview-2024-09-12", "o1-preview", "OpenAI", 128000, 31.5, 126],
  ["o3-mini", "o3-mini", "OpenAI", 200000, 2.31, 9.24],
  ["gpt-4.5-preview", "gpt-4.5-preview", "OpenAI", 128000, 157.5, 315],
  ["openai/gpt-4.1-2025-04-14", "gpt-4.1", "OpenAI", 1000000, 4.2, 16.8],
  ["openai/gpt-4.1-mini-2025-04-14", "gpt-4.1-mini", "OpenAI", 1000000, 0.84, 3.36],
  ["openai/gpt-4.1-nano-2025-04-14", "gpt-4.1-nano", "OpenAI", 1000000, 0.21, 0.84],
  ["x-ai/grok-beta", "grok-beta", "xAI", 131000, 9.625, 92.6],
  ["x-ai/grok-3-beta", "grok-3-beta", "xAI", 131000, 6.3, 31.5],
  ["x-ai/grok-3-mini-beta", "grok-3-mini-beta", "xAI", 131000, 0.63, 1.05],
];

function chatModels(family: ChatFamilyName, rows: readonly Row[]): ChatModel[] {
  return rows.map(([id, name, vendor, contextTokens, inputRate, outputRate]) => ({
    kind: "chat",
    id,
    name,
    vendor,
    family,
    contextTokens,
    inputRate,
    outputRate,
  }));
}

/** The chat models the sandbox serves: ids and context sizes of the documentation of April 2025. */
export const allChatModels: readonly ChatModel[] = chatModels("openai-like", openaiLike);
