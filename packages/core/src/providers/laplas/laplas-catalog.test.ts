import { describe, expect, test } from "vitest";
import { createCatalog } from "./laplas-catalog.js";

const catalog = createCatalog();

describe("find", () => {
  test("an id is sent as it is", () => {
    expect(catalog.find("gpt-4o-mini")).toMatchObject({
      kind: "model",
      id: "gpt-4o-mini",
      model: { id: "gpt-4o-mini" },
    });
  });

  test("an alias is sent as the caller wrote it", () => {
    expect(catalog.find("deepseek-chat")).toMatchObject({
      kind: "model",
      id: "deepseek-chat",
      model: { id: "deepseek/deepseek-chat" },
    });
  });

  test.each([
    ["DeepSeek V3", "deepseek/deepseek-chat"],
    ["deepseek v3", "deepseek/deepseek-chat"],
    ["gpt-4.1", "openai/gpt-4.1-2025-04-14"],
    ["gpt-4-preview", "gpt-4-0125-preview"],
    ["magnum-v4", "anthracite-org/magnum-v4-72b"],
    ["Claude 3.5 Sonnet", "claude-3-5-sonnet-20241022"],
    ["claude 3 haiku", "claude-3-haiku-20240307"],
    ["imagen-3.0", "imagen-3.0-generate-002"],
    ["text-01", "MiniMax-Text-01"],
    ["llama-3.3-70b-instruct-turbo", "meta-llama/Llama-3.3-70B-Instruct-Turbo"],
    ["GPT-4o", "gpt-4o"],
  ])("the label %s is sent as the primary id", (label, id) => {
    expect(catalog.find(label)).toMatchObject({ kind: "model", id });
  });

  test.each([
    ["gpt-4o", "gpt-4o"],
    ["gemma-3", "google/gemma-3-1b-it"],
    ["Llama-3-chat-hf", "meta-llama/Llama-3-70b-chat-hf"],
    ["Mistral-7B-Instruct", "mistralai/Mistral-7B-Instruct-v0.1"],
    ["textembedding-gecko", "textembedding-gecko-multilingual@001"],
    ["m2-bert-80M-retrieval", "togethercomputer/m2-bert-80M-2k-retrieval"],
  ])("the shared label %s means the first model", (label, id) => {
    expect(catalog.find(label)).toMatchObject({ kind: "model", id });
  });

  test("a documented model outside the tier is told apart from an unknown one", () => {
    expect(catalog.find("veo2")).toEqual({ kind: "off-tier", name: "veo2", modality: "video" });
    expect(catalog.find("whisper-large")).toMatchObject({ kind: "off-tier", modality: "speech-to-text" });
  });

  test.each([
    ["gpt4o-mini", "gpt-4o-mini"],
    ["gpt-4o-2024-11-20", "gpt-4o"],
    ["gpt-4-turbo-preview", "gpt-4-turbo"],
    ["openai/gpt-4o", "gpt-4o"],
    ["grok-3", "x-ai/grok-3-beta"],
    ["claude3-haiku", "anthropic/claude-3-haiku"],
    ["text-embedding-3-smal", "text-embedding-3-small"],
    ["bge-large-en-v1.5", "BAAI/bge-large-en-v1.5"],
    ["deepseek-v3", "deepseek/deepseek-chat"],
    ["claude-3.5-sonnet", "anthropic/claude-3.5-sonnet"],
    ["claude-3-7-sonnet", "anthropic/claude-3.7-sonnet"],
    ["claude-sonnet-3.5", "anthropic/claude-3.5-sonnet"],
    ["llama-3.3-70b", "meta-llama/Llama-3.3-70B-Instruct-Turbo"],
    ["gemini-2.5-pro", "gemini-2.5-pro-exp-03-25"],
    ["gemini-2.5-flash", "gemini-1.5-flash"],
    ["mixtral-8x7b", "mistralai/Mixtral-8x7B-Instruct-v0.1"],
    ["dalle-3", "dall-e-3"],
    ["flux/shnell", "flux/schnell"],
    ["flux-schnell", "flux/schnell"],
    ["stable-diffusion-3.5-large", "stable-diffusion-v35-large"],
    ["my-own-model", undefined],
    [" gpt-4o", "gpt-4o"],
    ["", undefined],
    ["__proto__", undefined],
  ])("for %j it suggests %j", (name, meant) => {
    const found = catalog.find(name);
    if (found.kind !== "unknown") throw new Error(`${name} was found`);
    if (meant === undefined) expect(found.suggestions).toEqual([]);
    else expect(found.suggestions).toContain(meant);
    expect(found.suggestions.length).toBeLessThanOrEqual(3);
  });

  test("what it suggests it also finds", () => {
    for (const name of ["gpt-4", "gemma3", "qwen", "gpt-3.5", "voyage", "o4-mini"]) {
      const found = catalog.find(name);
      const suggestions = found.kind === "unknown" ? found.suggestions : [];
      for (const id of suggestions) expect(catalog.find(id)).toMatchObject({ kind: "model", id });
    }
  });

  test("suggests three models, not three ids of one", () => {
    const found = catalog.find("claude-3");
    const suggestions = found.kind === "unknown" ? found.suggestions : [];
    const models = suggestions.map((id) => {
      const suggested = catalog.find(id);
      return suggested.kind === "model" ? suggested.model.id : undefined;
    });
    expect(new Set(models).size).toBe(3);
  });

  test("makes nothing for a known id", () => {
    expect(catalog.find("gpt-4o")).toBe(catalog.find("gpt-4o"));
  });

  // Without a bound on what is compared, these three take minutes; the time-out is the assertion.
  test("a hostile name costs little", { timeout: 15_000 }, () => {
    for (const name of ["a".repeat(10_000_000), "gpt-4o/".repeat(1_000_000), "\u0000".repeat(10_000_000)]) {
      expect(catalog.find(name).kind).toBe("unknown");
    }
  });
});

describe("createCatalog", () => {
  test("builds the built-in models once", () => {
    expect(createCatalog().models).toBe(catalog.models);
    expect(catalog.models).toHaveLength(114);
  });

  test("finds a model of the user's own by id, alias and label", () => {
    const own = createCatalog([{ id: "my/model", aliases: ["mine"], label: "My Model", modality: "chat" }]);
    expect(own.find("my/model")).toMatchObject({ kind: "model", id: "my/model" });
    expect(own.find("mine")).toMatchObject({ kind: "model", id: "mine", model: { id: "my/model" } });
    expect(own.find("my model")).toMatchObject({ kind: "model", id: "my/model" });
    expect(catalog.find("my/model").kind).toBe("unknown");
  });

  test("a user's model may have the name of one outside the tier", () => {
    const own = createCatalog([{ id: "bagoodex/bagoodex-search-v1", modality: "chat" }]);
    expect(own.find("bagoodex/bagoodex-search-v1").kind).toBe("model");
  });

  test("a replacement answers to the aliases and the label of the built-in model", () => {
    const own = createCatalog([{ id: "gpt-4o", modality: "chat", contextTokens: 1 }]);
    for (const name of ["gpt-4o", "gpt-4o-2024-05-13", "GPT-4o"]) {
      expect(own.find(name)).toMatchObject({ model: { contextTokens: 1 } });
    }
  });

  test("refuses a wrong entry when it is made, not when it is used", () => {
    expect(() => createCatalog([{ id: "m", modality: "chat", contextTokens: 0 }])).toThrow(TypeError);
  });
});
