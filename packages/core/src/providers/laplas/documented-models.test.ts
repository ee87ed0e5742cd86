import { describe, expect, test } from "vitest";
import { builtInModels } from "./built-in-models.js";
import { createCatalog } from "./laplas-catalog.js";

/** The documentation's sidebar of 2025-04-16, in its order: what a page is about, its title, its ids with the primary first. */
const pages: readonly (readonly [modality: string, label: string, primary: string, ...others: string[]])[] = [
  ["chat", "jamba-1-5-mini", "ai21/jamba-1-5-mini"],
  ["chat", "qwen-max", "qwen-max", "qwen-max-2025-01-25"],
  ["chat", "qwen-plus", "qwen-plus"],
  ["chat", "qwen-turbo", "qwen-turbo"],
  ["chat", "Qwen2-72B-Instruct", "Qwen/Qwen2-72B-Instruct"],
  ["chat", "Qwen2.5-7B-Instruct-Turbo", "Qwen/Qwen2.5-7B-Instruct-Turbo"],
  ["chat", "Qwen2.5-72B-Instruct-Turbo", "Qwen/Qwen2.5-72B-Instruct-Turbo"],
  ["chat", "Qwen2.5-Coder-32B-Instruct", "Qwen/Qwen2.5-Coder-32B-Instruct"],
  ["chat", "Qwen-QwQ-32B", "Qwen/QwQ-32B"],
  ["chat", "magnum-v4", "anthracite-org/magnum-v4-72b"],
  [
    "chat",
    "Claude 3 Haiku",
    "claude-3-haiku-20240307",
    "anthropic/claude-3-haiku",
    "anthropic/claude-3-haiku-20240307",
    "claude-3-haiku-latest",
  ],
  [
    "chat",
    "Claude 3.5 Haiku",
    "claude-3-5-haiku-20241022",
    "anthropic/claude-3-5-haiku",
    "anthropic/claude-3-5-haiku-20241022",
    "claude-3-5-haiku-latest",
  ],
  [
    "chat",
    "Claude 3 Opus",
    "claude-3-opus-20240229",
    "anthropic/claude-3-opus",
    "anthropic/claude-3-opus-20240229",
    "claude-3-opus-latest",
  ],
  [
    "chat",
    "Claude 3 Sonnet",
    "anthropic/claude-3-sonnet",
    "claude-3-sonnet-latest",
    "claude-3-sonnet-20240229",
    "anthropic/claude-3-sonnet-20240229",
  ],
  [
    "chat",
    "Claude 3.5 Sonnet",
    "claude-3-5-sonnet-20241022",
    "anthropic/claude-3.5-sonnet",
    "anthropic/claude-3.5-sonnet-20240620",
    "anthropic/claude-3.5-sonnet-20241022",
    "claude-3-5-sonnet-20240620",
    "claude-3-5-sonnet-latest",
  ],
  [
    "chat",
    "Claude 3.7 Sonnet",
    "claude-3-7-sonnet-20250219",
    "claude-3-7-sonnet-latest",
    "anthropic/claude-3.7-sonnet",
  ],
  ["chat", "command-r-plus", "cohere/command-r-plus"],
  ["chat", "DeepSeek V3", "deepseek/deepseek-chat", "deepseek-chat", "deepseek/deepseek-chat-v3-0324"],
  ["chat", "DeepSeek R1", "deepseek/deepseek-r1", "deepseek-reasoner"],
  ["chat", "gemini-pro", "google/gemini-pro", "gemini-pro"],
  ["chat", "gemini-1.5-flash", "gemini-1.5-flash"],
  ["chat", "gemini-1.5-pro", "gemini-1.5-pro"],
  ["chat", "gemini-2.0-flash-exp", "google/gemini-2.0-flash-exp", "gemini-2.0-flash-exp"],
  [
    "chat",
    "gemini-2.0-flash-thinking-exp-01-21",
    "google/gemini-2.0-flash-thinking-exp-01-21",
    "gemini-2.0-flash-thinking-exp-01-21",
  ],
  ["chat", "gemini-2.0-flash", "google/gemini-2.0-flash", "gemini-2.0-flash"],
  ["chat", "gemini-2.5-pro-exp", "gemini-2.5-pro-exp-03-25", "google/gemini-2.5-pro-exp-03-25"],
  ["chat", "gemini-2.5-pro-preview", "google/gemini-2.5-pro-preview"],
  ["chat", "gemma-2", "google/gemma-2-27b-it"],
  ["chat", "gemma-3", "google/gemma-3-1b-it", "google/gemma-3-4b-it", "google/gemma-3-12b-it", "google/gemma-3-27b-it"],
  ["chat", "MythoMax-L2-13b-Lite", "Gryphe/MythoMax-L2-13b-Lite"],
  ["chat", "Llama-3-chat-hf", "meta-llama/Llama-3-70b-chat-hf", "meta-llama/Llama-3-8b-chat-hf"],
  ["chat", "Llama-3-8B-Instruct-Lite", "meta-llama/Meta-Llama-3-8B-Instruct-Lite"],
  [
    "chat",
    "Llama-3.1-8B-Instruct-Turbo",
    "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo",
    "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo-128K",
  ],
  ["chat", "Llama-3.1-70B-Instruct-Turbo", "meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo"],
  ["chat", "Llama-3.1-405B-Instruct-Turbo", "meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo"],
  ["chat", "Llama-3.2-11B-Vision-Instruct-Turbo", "meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo"],
  ["chat", "Llama-3.2-90B-Vision-Instruct-Turbo", "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo"],
  ["chat", "Llama-Vision-Free", "meta-llama/Llama-Vision-Free"],
  ["chat", "Llama-3.2-3B-Instruct-Turbo", "meta-llama/Llama-3.2-3B-Instruct-Turbo"],
  ["chat", "Llama-3.3-70B-Instruct-Turbo", "meta-llama/Llama-3.3-70B-Instruct-Turbo"],
  ["chat", "Llama-4-scout", "meta-llama/llama-4-scout"],
  ["chat", "Llama-4-maverick", "meta-llama/llama-4-maverick"],
  ["chat", "text-01", "MiniMax-Text-01"],
  ["chat", "abab6.5s-chat", "abab6.5s-chat"],
  ["chat", "codestral-2501", "mistralai/codestral-2501"],
  ["chat", "mistral-nemo", "mistralai/mistral-nemo"],
  ["chat", "mistral-tiny", "mistralai/mistral-tiny"],
  [
    "chat",
    "Mistral-7B-Instruct",
    "mistralai/Mistral-7B-Instruct-v0.1",
    "mistralai/Mistral-7B-Instruct-v0.2",
    "mistralai/Mistral-7B-Instruct-v0.3",
  ],
  ["chat", "Mixtral-8x22B-Instruct", "mistralai/Mixtral-8x22B-Instruct-v0.1"],
  ["chat", "Mixtral-8x7B-Instruct", "mistralai/Mixtral-8x7B-Instruct-v0.1"],
  ["chat", "Llama-3.1-Nemotron-70B-Instruct-HF", "nvidia/Llama-3.1-Nemotron-70B-Instruct-HF"],
  ["chat", "llama-3.1-nemotron-70b", "nvidia/llama-3.1-nemotron-70b-instruct"],
  ["chat", "llama-3.1-lumimaid", "neversleep/llama-3.1-lumimaid-70b"],
  ["chat", "Nous-Hermes-2-Mixtral-8x7B-DPO", "NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO"],
  ["chat", "gpt-3.5-turbo", "gpt-3.5-turbo", "gpt-3.5-turbo-0125", "gpt-3.5-turbo-1106"],
  ["chat", "gpt-4", "gpt-4"],
  ["chat", "gpt-4-preview", "gpt-4-0125-preview", "gpt-4-1106-preview"],
  ["chat", "gpt-4-turbo", "gpt-4-turbo", "gpt-4-turbo-2024-04-09"],
  ["chat", "gpt-4o", "gpt-4o", "chatgpt-4o-latest", "gpt-4o-2024-05-13", "gpt-4o-2024-08-06"],
  ["chat", "gpt-4o-mini", "gpt-4o-mini", "gpt-4o-mini-2024-07-18"],
  ["chat", "gpt-4o-audio-preview", "gpt-4o-audio-preview"],
  ["chat", "gpt-4o-mini-audio-preview", "gpt-4o-mini-audio-preview"],
  ["chat", "gpt-4o-search-preview", "gpt-4o-search-preview"],
  ["chat", "gpt-4o-mini-search-preview", "gpt-4o-mini-search-preview"],
  ["chat", "o1", "o1"],
  ["chat", "o1-mini", "o1-mini", "o1-mini-2024-09-12"],
  ["chat", "o1-preview", "o1-preview", "o1-preview-2024-09-12"],
  ["chat", "o3-mini", "o3-mini"],
  ["chat", "gpt-4.5-preview", "gpt-4.5-preview"],
  ["chat", "gpt-4.1", "openai/gpt-4.1-2025-04-14"],
  ["chat", "gpt-4.1-mini", "openai/gpt-4.1-mini-2025-04-14"],
  ["chat", "gpt-4.1-nano", "openai/gpt-4.1-nano-2025-04-14"],
  ["chat", "grok-beta", "x-ai/grok-beta"],
  ["chat", "grok-3-beta", "x-ai/grok-3-beta"],
  ["chat", "grok-3-mini-beta", "x-ai/grok-3-mini-beta"],
  ["image", "flux-pro", "flux-pro"],
  ["image", "flux-pro/v1.1", "flux-pro/v1.1"],
  ["image", "flux-pro/v1.1-ultra", "flux-pro/v1.1-ultra"],
  ["image", "flux-realism", "flux-realism"],
  ["image", "flux/dev", "flux/dev"],
  ["image", "flux/dev/image-to-image", "flux/dev/image-to-image"],
  ["image", "flux/schnell", "flux/schnell"],
  ["image", "imagen-3.0", "imagen-3.0-generate-002"],
  ["image", "dall-e-2", "dall-e-2"],
  ["image", "dall-e-3", "dall-e-3"],
  ["image", "recraft-v3", "recraft-v3"],
  ["image", "stable-diffusion-v3-medium", "stable-diffusion-v3-medium"],
  ["image", "stable-diffusion-v35-large", "stable-diffusion-v35-large"],
  ["embedding", "voyage-2", "voyage-2"],
  ["embedding", "voyage-code-2", "voyage-code-2"],
  ["embedding", "voyage-finance-2", "voyage-finance-2"],
  ["embedding", "voyage-large-2", "voyage-large-2"],
  ["embedding", "voyage-large-2-instruct", "voyage-large-2-instruct"],
  ["embedding", "voyage-law-2", "voyage-law-2"],
  ["embedding", "voyage-multilingual-2", "voyage-multilingual-2"],
  ["embedding", "bge-base-en", "BAAI/bge-base-en-v1.5"],
  ["embedding", "bge-large-en", "BAAI/bge-large-en-v1.5"],
  [
    "embedding",
    "textembedding-gecko",
    "textembedding-gecko-multilingual@001",
    "textembedding-gecko@001",
    "textembedding-gecko@003",
  ],
  ["embedding", "text-multilingual-embedding-002", "text-multilingual-embedding-002"],
  ["embedding", "text-embedding-3-large", "text-embedding-3-large"],
  ["embedding", "text-embedding-3-small", "text-embedding-3-small"],
  ["embedding", "text-embedding-ada-002", "text-embedding-ada-002"],
  [
    "embedding",
    "m2-bert-80M-retrieval",
    "togethercomputer/m2-bert-80M-2k-retrieval",
    "togethercomputer/m2-bert-80M-32k-retrieval",
    "togethercomputer/m2-bert-80M-8k-retrieval",
  ],
];
const documentedIds = pages.flatMap(([, , ...ids]) => ids);
const catalog = createCatalog();

describe("the documentation", () => {
  test("has 103 pages and 152 ids", () => {
    expect(pages).toHaveLength(103);
    expect(new Set(pages.map(([, label]) => label)).size).toBe(103);
    expect(documentedIds).toHaveLength(152);
    expect(new Set(documentedIds).size).toBe(152);
  });

  test("is what the catalog holds, no id more", () => {
    const ids = builtInModels.flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(ids.toSorted()).toEqual(documentedIds.toSorted());
    expect(new Set(builtInModels.map(({ modality, label }) => `${modality} ${label}`)).size).toBe(103);
  });

  test("every id of a page is sent as written, and is of the page's modality and title", () => {
    for (const [modality, label, ...ids] of pages) {
      for (const id of ids) {
        const expected = { kind: "model", id, model: { modality, label } };
        expect.soft(catalog.find(id), `page ${label}, id ${id}`).toMatchObject(expected);
      }
    }
  });

  test("the title of a page means its primary model, in any case of its letters", () => {
    for (const [, label, primary] of pages) {
      // A title that is itself an id ("gemini-pro") is sent as such, and still means that model.
      const id = documentedIds.includes(label) ? label : primary;
      const expected = { kind: "model", model: { id: primary } };
      expect.soft(catalog.find(label), `page ${label}`).toMatchObject({ ...expected, id });
      expect.soft(catalog.find(label.toUpperCase()), `page ${label}, shouted`).toMatchObject(expected);
    }
  });
});
