import { describe, expect, test } from "vitest";
import { openaiFamily } from "../providers/laplas/openai-family.js";
import { mergeModels } from "./merge-models.js";
import type { Model } from "./model.js";
import type { ModelEntryInput } from "./model-entry.js";

const merge = (...extra: ModelEntryInput[]) => mergeModels(openaiFamily, extra);
const byId = (models: readonly Model[], id: string) => models.find((model) => model.id === id);
/** Entries as they come from JavaScript or a configuration file. */
const mergeUntyped = (...extra: unknown[]) => mergeModels(openaiFamily, extra as ModelEntryInput[]);

describe("an added model", () => {
  test("needs an id and a modality; the rest has defaults", () => {
    const models = merge({ id: "my/chat", modality: "chat" });
    expect(models).toHaveLength(openaiFamily.length + 1);
    expect(models.at(-1)).toEqual({
      id: "my/chat",
      aliases: [],
      label: "my/chat",
      vendor: "custom",
      modality: "chat",
      dialect: "openai",
      capabilities: {
        tools: true,
        streaming: true,
        systemRole: true,
        responseFormat: true,
        reasoning: false,
        thinkMarks: "none",
        outputLimitName: "max_tokens",
        extraFields: "sent",
      },
    });
  });

  test("that can reason may write <think>, unless it says where its thoughts stand", () => {
    const marksOf = (capabilities: object) => {
      const model = merge({ id: "m", modality: "chat", capabilities }).at(-1);
      return model?.modality === "chat" ? model.capabilities.thinkMarks : undefined;
    };
    expect(marksOf({ reasoning: true })).toBe("start");
    expect(marksOf({ reasoning: true, thinkMarks: "none" })).toBe("none");
    expect(marksOf({ thinkMarks: "end" })).toBe("end");
    expect(() => marksOf({ thinkMarks: "both" })).toThrow(/thinkMarks/);
  });

  test("may be an embedding or an image model", () => {
    const models = merge(
      { id: "my/vectors", modality: "embedding", embedding: { input: "string", maxCharacters: 100 } },
      { id: "my/pictures", modality: "image", image: { sizeParameter: "image_size", countParameter: "num_images" } },
    );
    expect(byId(models, "my/vectors")).toMatchObject({
      embedding: { input: "string", maxCharacters: 100, base64: false },
    });
    expect(byId(models, "my/pictures")).toMatchObject({
      image: { sizeParameter: "image_size", countParameter: "num_images", maxCount: 1, referenceImage: "none" },
    });
  });

  test("may use each dialect", () => {
    for (const dialect of ["openai", "together", "minimax", "gemini", "claude"] as const) {
      expect(byId(merge({ id: "m", modality: "chat", dialect }), "m")).toMatchObject({ dialect });
    }
  });

  test("says of its rates that the user gave them", () => {
    const models = merge({ id: "m", modality: "chat", rates: { input: 0, output: 1.5 } });
    expect(byId(models, "m")?.rates).toEqual({ input: 0, output: 1.5, evidence: "Given in the options." });
  });
});

describe("a replaced model", () => {
  test("stands in the same place with the names it had", () => {
    const models = merge({ id: "gpt-4o", modality: "chat", contextTokens: 1 });
    expect(models).toHaveLength(openaiFamily.length);
    expect(models[0]).toMatchObject({
      id: "gpt-4o",
      aliases: ["gpt-4o-2024-05-13", "gpt-4o-2024-08-06"],
      label: "gpt-4o",
      vendor: "OpenAI",
      contextTokens: 1,
    });
    expect(models[0]?.rates).toBeUndefined();
  });

  test("gives up an alias that another entry takes", () => {
    const models = merge({ id: "gpt-4o", modality: "chat" }, { id: "gpt-4o-2024-08-06", modality: "chat" });
    expect(byId(models, "gpt-4o")?.aliases).toEqual(["gpt-4o-2024-05-13"]);
  });

  test("leaves the built-in data as it was", () => {
    merge({ id: "gpt-4o-2024-08-06", modality: "chat" }, { id: "gpt-4", modality: "chat", aliases: [] });
    expect(byId(openaiFamily, "gpt-4o")?.aliases).toHaveLength(2);
  });
});

describe("a wrong entry is a TypeError naming entry and field", () => {
  test.each([
    [{ modality: "chat" }, /^models\[0\]: id: /],
    [{ id: "", modality: "chat" }, /^models\[0\] \(""\): id: /],
    [{ id: "x".repeat(201), modality: "chat" }, /id: .*200/],
    [{ id: "m", modality: "video" }, /^models\[0\] \("m"\): modality: /],
    [{ id: "m", modality: "chat", dialect: "cohere" }, /dialect: /],
    [{ id: "m", modality: "chat", contextTokens: -1 }, /contextTokens: /],
    [{ id: "m", modality: "chat", rates: { input: Number.NaN, output: 1 } }, /rates\.input: /],
    [{ id: "m", modality: "chat", capabilities: { tool: true } }, /capabilities: .*"tool"/],
    [{ id: "m", modality: "chat", contextLength: 8000 }, /"contextLength"/],
    [null, /^models\[0\]: /],
    ["gpt-4o", /^models\[0\]: /],
  ])("%j", (entry, message) => {
    expect(() => mergeUntyped(entry)).toThrow(TypeError);
    expect(() => mergeUntyped(entry)).toThrow(message);
  });

  test("counts entries from the start of the list", () => {
    expect(() => mergeUntyped({ id: "a", modality: "chat" }, { id: "b" })).toThrow(/^models\[1\] \("b"\): /);
  });

  test("two entries can't share a name", () => {
    const entry: ModelEntryInput = { id: "m", modality: "chat" };
    expect(() => merge(entry, { ...entry, id: "n", aliases: ["m"] })).toThrow('"m" is already a name of "m"');
  });

  test("an alias can't be the id of a built-in model", () => {
    expect(() => merge({ id: "m", modality: "chat", aliases: ["gpt-4o"] })).toThrow(/can't take "gpt-4o" as an alias/);
  });
});
