import { describe, expect, test } from "vitest";
import type { ChatModel, Model } from "../../catalog/model.js";
import { modelEntrySchema } from "../../catalog/model-entry.js";
import { builtInModels } from "./built-in-models.js";
import { chatModels } from "./chat-models.js";
import { embeddingModels } from "./embedding-models.js";
import { imageModels } from "./image-models.js";
import { createCatalog } from "./laplas-catalog.js";

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

/** How many ids, aliases included. */
function idsPer(list: readonly Model[], key: (model: Model) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const model of list) counts[key(model)] = (counts[key(model)] ?? 0) + 1 + model.aliases.length;
  return counts;
}

describe("the data", () => {
  test("passes the check unchanged, model by model", () => {
    expect(builtInModels).toHaveLength(114);
    for (const model of builtInModels) {
      expect.soft(modelEntrySchema().safeParse(model), model.id).toEqual({ success: true, data: model });
    }
  });

  test("holds the documented number of ids per vendor", () => {
    const vendor = (model: Model) => model.vendor;
    expect(idsPer(chatModels, vendor)).toEqual({
      "AI21 Labs": 1,
      "Alibaba Cloud": 9,
      Anthracite: 1,
      Anthropic: 25,
      Cohere: 1,
      DeepSeek: 5,
      Google: 18,
      Gryphe: 1,
      Meta: 14,
      MiniMax: 2,
      "Mistral AI": 8,
      NVIDIA: 2,
      NeverSleep: 1,
      NousResearch: 1,
      OpenAI: 28,
      xAI: 3,
    });
    expect(idsPer(embeddingModels, vendor)).toEqual({
      Anthropic: 7,
      BAAI: 2,
      Google: 4,
      OpenAI: 3,
      "Together AI": 3,
    });
    expect(idsPer(imageModels, vendor)).toEqual({
      "Black Forest Labs": 7,
      Google: 1,
      OpenAI: 2,
      RecraftAI: 1,
      "Stability AI": 2,
    });
  });
});

describe("the request family", () => {
  const dialects = (vendor: string) =>
    idsPer(
      chatModels.filter((model) => model.vendor === vendor),
      (model) => (model.modality === "chat" ? model.dialect : ""),
    );

  test("is the vendor's own for Claude and MiniMax", () => {
    expect(dialects("Anthropic")).toEqual({ claude: 25 });
    expect(dialects("MiniMax")).toEqual({ minimax: 2 });
  });

  test("differs inside a vendor by who serves the model", () => {
    expect(dialects("Google")).toEqual({ gemini: 13, together: 1, openai: 4 });
    expect(dialects("Alibaba Cloud")).toEqual({ openai: 4, together: 5 });
    expect(dialects("Mistral AI")).toEqual({ openai: 3, together: 5 });
    expect(dialects("NVIDIA")).toEqual({ openai: 1, together: 1 });
    expect(dialects("Meta")).toEqual({ together: 14 });
  });

  test("decides whether there is a response_format", () => {
    for (const { id, dialect, capabilities } of chatModels) {
      expect(capabilities.responseFormat, id).toBe(dialect !== "gemini" && dialect !== "claude");
    }
  });
});

describe("documented capabilities", () => {
  const ids = (wanted: (model: ChatModel) => boolean) => chatModels.filter(wanted).map(({ id }) => id);

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
    expect(ids(({ capabilities }) => capabilities.tools).toSorted()).toEqual([
      "MiniMax-Text-01",
      "abab6.5s-chat",
      "anthropic/claude-3-sonnet",
      "chatgpt-4o-latest",
      "claude-3-5-sonnet-20241022",
      "claude-3-haiku-20240307",
      "claude-3-opus-20240229",
      "gemini-1.5-flash",
      "gemini-1.5-pro",
      "gemini-2.5-pro-exp-03-25",
      "google/gemini-2.0-flash-exp",
      "google/gemini-2.0-flash-thinking-exp-01-21",
      "google/gemini-2.5-pro-preview",
      "google/gemma-3-12b-it",
      "google/gemma-3-1b-it",
      "google/gemma-3-27b-it",
      "google/gemma-3-4b-it",
      "gpt-4-turbo",
      "gpt-4o",
      "gpt-4o-mini",
      "meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo",
      "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo",
      "meta-llama/Llama-Vision-Free",
      "meta-llama/llama-4-maverick",
      "meta-llama/llama-4-scout",
      "openai/gpt-4.1-2025-04-14",
      "openai/gpt-4.1-mini-2025-04-14",
      "openai/gpt-4.1-nano-2025-04-14",
      "qwen-max",
      "qwen-plus",
      "qwen-turbo",
    ]);
  });

  test("only QwQ, and R1 by its server, write thoughts into their text", () => {
    const thinking = chatModels.filter(({ capabilities }) => capabilities.thinkMarks !== "none");
    expect(thinking.map(({ id, capabilities }) => [id, capabilities.thinkMarks])).toEqual([
      ["deepseek/deepseek-r1", "end"],
      ["Qwen/QwQ-32B", "end"],
    ]);
  });

  test("an alias has the facts of its model", () => {
    expect(chat("deepseek-reasoner")).toBe(chat("deepseek/deepseek-r1"));
    expect(chat("deepseek-reasoner").capabilities.reasoning).toBe(true);
    expect(chat("anthropic/claude-3.7-sonnet")).toBe(chat("claude-3-7-sonnet-latest"));
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
