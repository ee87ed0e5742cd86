import { describe, expect, it, test } from "vitest";
import { laplas } from "../providers/laplas/laplas.js";
import { createCatalog } from "../providers/laplas/laplas-catalog.js";
import { freeTier, paidTier } from "../providers/laplas/laplas-tiers.js";
import { createPair } from "../testing/engine.js";
import { evidence, tierOf } from "../testing/tier.js";
import { modelCards } from "./model-list.js";

const cards = new Map(modelCards(createCatalog(), freeTier, laplas.catalogDate).map((card) => [card.id, card]));

describe("the list of models", () => {
  it("has every id and alias once", () => {
    const { models } = createCatalog();
    expect([...cards.keys()]).toEqual(models.flatMap(({ id, aliases }) => [id, ...aliases]));
    expect(cards.get("gpt-4o-mini-2024-07-18")).toEqual({
      ...cards.get("gpt-4o-mini"),
      id: "gpt-4o-mini-2024-07-18",
      alias_of: "gpt-4o-mini",
    });
  });

  it("has the kinds of models only that the tier serves", () => {
    const kinds = (...modalities: ("chat" | "embedding" | "image")[][]) => {
      const rules = modalities.map(
        (allowed, index) => ({ id: `r${index}`, kind: "allowedModalities", modalities: allowed, evidence }) as const,
      );
      return [...new Set(modelCards(createCatalog(), tierOf(...rules)).map(({ modality }) => modality))].toSorted();
    };
    expect(kinds()).toEqual(["chat", "embedding", "image"]);
    expect(kinds(["chat", "image"])).toEqual(["chat", "image"]);
    expect(kinds(["chat", "image"], ["chat"])).toEqual(["chat"]);
  });

  it("tells of a chat model what it can do, within the tier", () => {
    expect(cards.get("o1-mini")).toMatchObject({
      object: "model",
      created: 1_744_761_600,
      owned_by: "OpenAI",
      modality: "chat",
      tier: "free",
      max_output_tokens: 512,
      capabilities: { reasoning: true, image_input: false },
    });
    const limited = [9, 5, 7].map(
      (limit, index) => ({ id: `r${index}`, kind: "maxOutputTokens", limit, onExcess: "adjust", evidence }) as const,
    );
    const [card] = modelCards(createCatalog(), tierOf(...limited));
    expect(card).toMatchObject({ max_output_tokens: 5, context_length: expect.any(Number) });
    expect(modelCards(createCatalog(), paidTier)[0]?.capabilities).not.toHaveProperty("image_input");
  });
});

describe("one model", () => {
  test.each([
    ["gpt-4o-mini", { id: "gpt-4o-mini", owned_by: "OpenAI", modality: "chat", tier: "free", max_output_tokens: 512 }],
    ["google/gemma-3-27b-it", { id: "google/gemma-3-27b-it", capabilities: { image_input: false } }],
    ["google%2Fgemma-3-27b-it", { id: "google/gemma-3-27b-it" }],
    [
      "text-embedding-3-small",
      { modality: "embedding", dimensions: 1536, capabilities: { batch: true, base64: true } },
    ],
    ["flux/schnell", { modality: "image", capabilities: { side_pixels: { min: 64 }, reference_image: false } }],
    ["flux/dev/image-to-image", { capabilities: { reference_image: true } }],
    ["gpt-4o-mini-2024-07-18", { alias_of: "gpt-4o-mini" }],
  ])("%s", async (name, card) => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(`http://x/v1/models/${name}`);
    expect([response.status, await response.json()]).toMatchObject([200, { object: "model", ...card }]);
  });

  it("has no limit that the tier does not set", async () => {
    const { laplas } = await createPair({ tier: "paid" });
    const card = await (await laplas.fetch("http://x/v1/models/gpt-4o-mini")).json();
    expect(card).not.toHaveProperty("max_output_tokens");
    expect(card).not.toHaveProperty("capabilities.image_input");
  });

  test.each([
    ["gpt4o-mni", /Did you mean gpt-4o-mini/],
    ["veo2", /video model/],
    ["%E0%A4%A", /no model/],
  ])("%s is a 404 that helps", async (name, message) => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(`http://x/v1/models/${name}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { code: "model_not_found", message: expect.stringMatching(message) },
    });
  });

  it("that is sent unknown is still not in the catalog", async () => {
    const { laplas } = await createPair({ unknownModels: "send" });
    expect((await laplas.fetch("http://x/v1/models/new-model")).status).toBe(404);
  });
});
