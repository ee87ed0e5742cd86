import { describe, expect, it, test } from "vitest";
import { maxNameCharacters, modelEntrySchema } from "./model-entry.js";

const parse = (fields: object) => modelEntrySchema().safeParse({ id: "m", ...fields });

describe("an entry of the user's own", () => {
  test.each<[object, object]>([
    [
      { modality: "chat" },
      { dialect: "openai", capabilities: { tools: true, streaming: true, outputLimitName: "max_tokens" } },
    ],
    [{ modality: "chat", capabilities: { tools: false } }, { capabilities: { tools: false, streaming: true } }],
    [
      { modality: "embedding" },
      { embedding: { input: "strings", base64: false, parameters: ["encoding_format", "dimensions"] } },
    ],
    [
      { modality: "image" },
      {
        image: {
          sizeParameter: "size",
          countParameter: "n",
          maxCount: 1,
          referenceImage: "none",
          maxPromptCharacters: 4_000,
          parameters: [],
        },
      },
    ],
  ])("%j gets the defaults of its kind", (fields, defaults) => {
    expect(parse(fields).data).toMatchObject({ id: "m", ...defaults });
  });

  it("has no names but those it gives: the others may be a replaced model's", () => {
    for (const name of ["aliases", "label", "vendor"])
      expect(parse({ modality: "chat" }).data).not.toHaveProperty(name);
  });

  test.each<[string, object, boolean]>([
    ["the longest id", { modality: "chat", id: "x".repeat(maxNameCharacters) }, true],
    ["a longer id", { modality: "chat", id: "x".repeat(maxNameCharacters + 1) }, false],
    ["a line break in its id", { modality: "chat", id: "a\nb" }, false],
    ["a control character in an alias", { modality: "chat", aliases: ["a\u001bb"] }, false],
    ["a blank in its id", { modality: "chat", id: "a b" }, true],
    ["an empty alias", { modality: "chat", aliases: [""] }, false],
    ["a context of 1", { modality: "chat", contextTokens: 1 }, true],
    ["a context of 0", { modality: "chat", contextTokens: 0 }, false],
    ["half a token of context", { modality: "chat", contextTokens: 1.5 }, false],
    ["rates of 0", { modality: "chat", rates: { input: 0, output: 0 } }, true],
    ["a rate below 0", { modality: "chat", rates: { input: -1, output: 0 } }, false],
    ["rates without evidence's text", { modality: "chat", rates: { input: 0, output: 0, evidence: "" } }, false],
    ["a sample call", { modality: "chat", hello: { input: 0.5, output: 1 } }, true],
    ["another kind's shape", { modality: "chat", image: {} }, false],
    ["an unknown shape of texts", { modality: "embedding", embedding: { input: "tokens" } }, false],
    ["a seed's range", { modality: "image", image: { seed: { least: -5, most: 0 } } }, true],
    ["a seed's range of halves", { modality: "image", image: { seed: { least: 0.5 } } }, false],
    ["no images", { modality: "image", image: { maxCount: 0 } }, false],
  ])("with %s %j: taken: %s", (_, fields, isTaken) => {
    expect(parse(fields).success).toBe(isTaken);
  });
});
