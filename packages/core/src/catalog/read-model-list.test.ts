import { describe, expect, it, test } from "vitest";
import { readModelList } from "./read-model-list.js";

const idsOf = (body: unknown) => readModelList(body)?.map(({ id }) => id);
const one = (entry: unknown) => readModelList([entry])?.[0];

describe("a list of models", () => {
  it("is read in OpenAI's shape", () => {
    const body = { object: "list", data: [{ id: "a", object: "model", created: 1_700_000_000, owned_by: "Acme" }] };
    expect(readModelList(body)).toEqual([
      {
        id: "a",
        aliases: [],
        label: "a",
        vendor: "Acme",
        created: 1_700_000_000,
        modality: "chat",
        dialect: "openai",
        capabilities: expect.objectContaining({ tools: true, streaming: true }),
      },
    ]);
  });

  test.each([
    [{ data: [{ id: "a" }, { id: "b" }] }],
    [{ models: [{ name: "a" }, { name: "b" }] }],
    [[{ id: "a" }, { id: "b" }]],
    [["a", "b"]],
  ])("is read from %j", (body) => expect(idsOf(body)).toEqual(["a", "b"]));

  test.each([null, undefined, 5, "a", {}, { data: "a" }, { data: { id: "a" } }])("%j is none", (body) => {
    expect(readModelList(body)).toBeUndefined();
  });

  it("loses what can't be read, and nothing else", () => {
    const long = "x".repeat(201);
    const bad = [null, 5, [], {}, { id: "" }, { id: 7 }, { id: { deep: 1 } }, { id: long }, "  "];
    expect(idsOf([...bad, { id: "good", context_length: "many", created: -1, owned_by: 5 }])).toEqual(["good"]);
    expect(one({ id: "good", context_length: 1.5, created: "today" })).not.toHaveProperty("contextTokens", 1.5);
    expect(idsOf([])).toEqual([]);
  });

  it.each([
    ["openai/gpt-oss-20b:free", "openai"],
    ["@cf/openai/gpt-oss-120b", "openai"],
    ["gpt-oss-20b", "unknown"],
    ["@cf/gpt", "unknown"],
  ])("takes the maker of %s for its vendor where the list names none", (id, vendor) => {
    expect(one({ id })).toMatchObject({ vendor });
    expect(one({ id, owned_by: "Acme" })).toMatchObject({ vendor: "Acme" });
  });

  it("leaves out ids with line breaks and control characters, and has labels and vendors on one line", () => {
    const bad = ["a\nb", "a\rb", "a\tb", "a\u0000b", "a\u001b[31mb", "a\u2028b", "a\u202eb"];
    expect(idsOf([...bad.map((id) => ({ id })), { id: "good" }])).toEqual(["good"]);
    expect(one({ id: "a", display_name: "A\nB", owned_by: "C\u001bD" })).toMatchObject({ label: "A B", vendor: "C D" });
  });

  it("has each name once, and is bounded", () => {
    expect(idsOf([{ id: "a", owned_by: "first" }, { id: "b" }, { id: "a", owned_by: "second" }])).toEqual(["a", "b"]);
    expect(idsOf(Array.from({ length: 10_005 }, (_, index) => ({ id: `m${index}` })))).toHaveLength(10_000);
  });

  it("leaves out what its provider has switched off", () => {
    expect(
      idsOf([
        { id: "on", active: true },
        { id: "off", active: false },
      ]),
    ).toEqual(["on"]);
  });

  it("knows Gemini's models by their short names, and by those of its list", () => {
    expect(one({ id: "models/gemini-2.5-flash" })).toMatchObject({
      id: "gemini-2.5-flash",
      aliases: ["models/gemini-2.5-flash"],
    });
    expect(readModelList([{ id: "x" }, { id: "models/x" }])).toHaveLength(1);
    expect(idsOf([{ id: "models/" }])).toEqual(["models/"]);
  });
});

describe("the context of a model", () => {
  test.each([
    [{ context_length: 8_192 }],
    [{ context_window: 8_192 }],
    [{ max_context_length: 8_192 }],
    [{ max_model_len: 8_192 }],
    [{ info: { contextLength: 8_192 } }],
    [{ context_length: 0, context_window: 8_192 }],
    [{ context_length: 255, context_window: 8_192 }],
  ])("is read from %j", (fields) => expect(one({ id: "a", ...fields })?.contextTokens).toBe(8_192));

  it("is a figure that a model can have: less is a placeholder", () => {
    expect(one({ id: "a", context_length: 256 })?.contextTokens).toBe(256);
    expect(one({ id: "a", context_length: 255 })?.contextTokens).toBeUndefined();
  });

  it("is absent where none is told", () => expect(one({ id: "a", info: null })?.contextTokens).toBeUndefined());
});

describe("the kind of a model", () => {
  test.each<[fields: object, kind: string | undefined]>([
    [{ type: "chat-completion" }, "chat"],
    [{ type: "language" }, "chat"],
    [{ type: "image-text-to-text" }, "chat"],
    [{ type: "text-to-image" }, "image"],
    [{ type: "image" }, "image"],
    [{ type: "embedding" }, "embedding"],
    [{ type: "rerank" }, undefined],
    [{ type: "audio" }, undefined],
    [{ type: "text-to-speech" }, undefined],
    [{ type: "moderation" }, undefined],
    // Anthropic's word for all of its models.
    [{ type: "model" }, "chat"],
    [{ info: { type: "embeddings" } }, "embedding"],
    [{ architecture: { output_modalities: ["image", "text"] } }, "chat"],
    [{ architecture: { output_modalities: ["image"] } }, "image"],
    [{ architecture: { output_modalities: ["embeddings"] } }, "embedding"],
    [{ architecture: { output_modalities: ["audio"] } }, undefined],
    [{ architecture: { output_modalities: [] } }, "chat"],
    [{}, "chat"],
  ])("%j is %s", (fields, kind) => expect(one({ id: "a", ...fields })?.modality).toBe(kind));

  it("is told by its name where nothing else does", () => {
    expect(one({ id: "nomic-Embed-text" })?.modality).toBe("embedding");
    expect(one({ id: "nomic-embed-text", type: "chat" })?.modality).toBe("chat");
    expect(one({ id: "imagen-4.0-generate" })?.modality).toBe("image");
  });

  test.each([
    "whisper-large-v3-turbo",
    "playai-tts-arabic",
    "models/gemini-2.5-flash-preview-tts",
    "models/veo-3.0-generate",
    "canopylabs/orpheus-v1-english",
    "meta-llama/llama-guard-4-12b",
    "meta-llama/llama-prompt-guard-2-22m",
  ])("is none that can be called here by the name %s, unless the list says so", (id) => {
    expect(idsOf([{ id }])).toEqual([]);
    expect(one({ id, type: "chat" })?.modality).toBe("chat");
  });

  test.each(["openai/gpt-oss-safeguard-20b", "whisperer-7b", "qwen-guardian"])("is a chat model for %s", (id) => {
    expect(one({ id })?.modality).toBe("chat");
  });
});
