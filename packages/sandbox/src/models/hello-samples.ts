/** What one published request cost: a single user message "Hello". */
export interface HelloSample {
  /** The `model` of the answer, which often differs from the one asked. */
  responseModel: string;
  promptApiTokens: number;
  completionApiTokens: number;
}

type Row = readonly [id: string, responseModel: string, prompt: number, completion: number];

// biome-ignore format: a table
const rows: readonly Row[] = [
  ["ai21/jamba-1-5-mini", "ai21/jamba-1-5-mini", 5, 10],
  ["qwen-max", "qwen-max", 30, 148],
  ["qwen-plus", "qwen-plus", 8, 68],
  ["qwen-turbo", "qwen-turbo", 1, 15],
  ["anthracite-org/magnum-v4-72b", "anthracite-org/magnum-v4-72b", 37, 50],
  ["cohere/command-r-plus", "cohere/command-r-plus", 6, 314],
  ["deepseek-chat", "deepseek/deepseek-chat-v3-0324", 16, 88],
  ["deepseek/deepseek-r1", "deepseek-ai/DeepSeek-R1", 5, 74],
  ["mistralai/codestral-2501", "mistralai/codestral-2501", 3, 133],
  ["mistralai/mistral-nemo", "mistralai/mistral-nemo", 0, 5],
  ["mistralai/mistral-tiny", "mistralai/mistral-tiny", 2, 42],
  ["nvidia/llama-3.1-nemotron-70b-instruct", "nvidia/llama-3.1-nemotron-70b-instruct", 11, 78],
  ["neversleep/llama-3.1-lumimaid-70b", "neversleep/llama-3.1-lumimaid-70b", 89, 228],
  ["gpt-3.5-turbo", "gpt-3.5-turbo-0125", 50, 126],
  ["gpt-4-1106-preview", "gpt-4-1106-preview", 168, 630],
  ["gpt-4-turbo", "gpt-4-turbo-2024-04-09", 168, 630],
  ["gpt-4.5-preview", "gpt-4.5-preview-2025-02-27", 1260, 3150],
  ["gpt-4", "gpt-4-0613", 504, 1260],
  ["gpt-4o-mini", "gpt-4o-mini-2024-07-18", 3, 13],
  ["chatgpt-4o-latest", "chatgpt-4o-latest", 84, 347],
  ["o1-preview", "o1-preview-2024-09-12", 284, 51786],
  ["o1", "o1-2024-12-17", 221, 2646],
  ["o3-mini", "o3-mini-2025-01-31", 16, 2559],
  ["google/gemma-3-27b-it", "google/gemma-3-27b-it", 0, 0],
  ["openai/gpt-4.1-mini-2025-04-14", "gpt-4.1-mini-2025-04-14", 7, 34],
  ["openai/gpt-4.1-nano-2025-04-14", "gpt-4.1-nano-2025-04-14", 2, 8],
  ["openai/gpt-4.1-2025-04-14", "gpt-4.1-2025-04-14", 34, 168],
  ["gpt-4o-mini-search-preview", "gpt-4o-mini-search-preview-2025-03-11", 0, 13],
  ["gpt-4o-search-preview", "gpt-4o-search-preview-2025-03-11", 5, 210],
  ["x-ai/grok-beta", "x-ai/grok-beta", 77, 926],
  ["x-ai/grok-3-beta", "x-ai/grok-3-beta", 50, 315],
  ["x-ai/grok-3-mini-beta", "x-ai/grok-3-mini-beta", 5, 19],
  ["Qwen/Qwen2-72B-Instruct", "Qwen/Qwen2-72B-Instruct", 38, 19],
  ["Qwen/Qwen2.5-72B-Instruct-Turbo", "Qwen/Qwen2.5-72B-Instruct-Turbo", 76, 73],
  ["Qwen/Qwen2.5-7B-Instruct-Turbo", "Qwen/Qwen2.5-7B-Instruct-Turbo", 19, 6],
  ["Qwen/Qwen2.5-Coder-32B-Instruct", "Qwen/Qwen2.5-Coder-32B-Instruct", 50, 17],
  ["claude-3-haiku-latest", "claude-3-haiku-20240307", 4, 32],
  ["claude-3-opus-latest", "claude-3-opus-20240229", 252, 1890],
  ["claude-3-sonnet-latest", "claude-3-sonnet-20240229", 50, 378],
  ["claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022", 50, 378],
  ["gemini-1.5-flash", "google/gemini-1.5-flash", 0, 4],
  ["gemini-1.5-pro", "google/gemini-1.5-pro", 5, 173],
  ["google/gemini-2.0-flash-exp", "google/gemini-2.0-flash-exp", 5, 173],
  ["gemini-pro", "google/gemini-pro", 0, 9],
  ["google/gemma-2-27b-it", "google/gemma-2-27b-it", 17, 22],
  ["Gryphe/MythoMax-L2-13b-Lite", "Gryphe/MythoMax-L2-13b-Lite", 3, 2],
  ["meta-llama/Llama-3-70b-chat-hf", "meta-llama/Llama-3-70b-chat-hf", 20, 48],
  ["meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo", "meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo", 4, 4],
  ["meta-llama/Llama-3.2-3B-Instruct-Turbo", "meta-llama/Llama-3.2-3B-Instruct-Turbo", 5, 1],
  ["meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo", "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo", 28, 25],
  ["meta-llama/Llama-3.3-70B-Instruct-Turbo", "meta-llama/Llama-3.3-70B-Instruct-Turbo", 67, 46],
  ["meta-llama/Llama-Vision-Free", "meta-llama/Llama-Vision-Free", 0, 0],
  ["meta-llama/Meta-Llama-3-8B-Instruct-Lite", "meta-llama/Meta-Llama-3-8B-Instruct-Lite", 2, 5],
  ["meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo", "meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo", 265, 81],
  ["meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", "meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", 67, 18],
  ["meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", 14, 4],
  ["abab6.5s-chat", "abab6.5s-chat", 22, 4],
  ["MiniMax-Text-01", "MiniMax-Text-01", 312, 97],
  ["mistralai/Mistral-7B-Instruct-v0.3", "mistralai/Mistral-7B-Instruct-v0.3", 2, 27],
  ["mistralai/Mixtral-8x22B-Instruct-v0.1", "mistralai/Mixtral-8x22B-Instruct-v0.1", 10, 103],
  ["mistralai/Mixtral-8x7B-Instruct-v0.1", "mistralai/Mixtral-8x7B-Instruct-v0.1", 11, 66],
  ["nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", "nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", 31, 266],
  ["NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", "NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", 14, 52],
  ["Qwen/QwQ-32B", "Qwen/QwQ-32B", 25, 88],
  ["claude-3-5-haiku-latest", "claude-3-5-haiku-20241022", 17, 221],
  ["anthropic/claude-3.7-sonnet", "claude-3-7-sonnet-20250219", 50, 1323],
  ["google/gemini-2.0-flash-thinking-exp-01-21", "google/gemini-2.0-flash-thinking-exp-01-21", 0, 10],
  ["gemini-2.0-flash", "google/gemini-2.0-flash", 0, 8],
  ["gemini-2.5-pro-exp-03-25", "google/gemini-2.5-pro-exp-03-25", 0, 0],
  ["google/gemini-2.5-pro-preview", "google/gemini-2.5-pro-preview-03-25", 3, 210],
  ["meta-llama/llama-4-maverick", "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8", 6, 41],
  ["meta-llama/llama-4-scout", "meta-llama/Llama-4-Scout-17B-16E-Instruct", 4, 30],
];

/** The published `usage` of "Hello", by requested model id. */
export const helloSamples: ReadonlyMap<string, HelloSample> = new Map(
  rows.map(([id, responseModel, promptApiTokens, completionApiTokens]) => [
    id,
    { responseModel, promptApiTokens, completionApiTokens },
  ]),
);
