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
];

/** The published `usage` of "Hello", by requested model id. */
export const helloSamples: ReadonlyMap<string, HelloSample> = new Map(
  rows.map(([id, responseModel, promptApiTokens, completionApiTokens]) => [
    id,
    { responseModel, promptApiTokens, completionApiTokens },
  ]),
);
