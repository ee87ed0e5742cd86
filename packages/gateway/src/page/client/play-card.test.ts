import { describe, expect, it, test } from "vitest";
import { findPlayModels } from "./find-play-models.js";
import { abilitiesOf, contextWords, factsOf, type PlayModel } from "./play-card.js";

function model(id: string, more: Partial<PlayModel> = {}): PlayModel {
  return {
    id,
    label: id,
    vendor: "Acme",
    modality: "chat",
    aliases: [],
    cost_per_call: 10,
    calls_left: 10,
    needs_picture: false,
    card: undefined,
    ...more,
  };
}

const card = (capabilities: object, more: object = {}): PlayModel["card"] => ({
  id: "x",
  capabilities: { ...capabilities },
  ...more,
});

test.each([
  [128_000, "128k context"],
  [131_072, "131k context"],
  [1_047_576, "1M context"],
  [1_500_000, "1.5M context"],
  [512, "512 tokens context"],
])("%d tokens: %s", (tokens, words) => {
  expect(contextWords(tokens)).toBe(words);
});

describe("a model's card", () => {
  it("says what it costs and holds, as far as anybody knows", () => {
    const more = { context_length: 128_000, max_output_tokens: 512 };
    expect(factsOf(model("a", { cost_per_call: 1, card: card({}, more) }), "API tokens")).toEqual([
      "about 1 API token a call",
      "128k context",
      "512 tokens an answer",
    ]);
    expect(factsOf(model("a", { cost_per_call: 0, card: card({}, { dimensions: 1_536 }) }), "API tokens")).toEqual([
      "free",
      "1,536 dimensions",
    ]);
    expect(factsOf(model("a", { unit: "neurons" }), "API tokens")).toEqual(["about 10 neurons a call"]);
    expect(factsOf(model("a", { cost_per_call: null }), "API tokens")).toEqual([]);
  });

  it("says what it can do", () => {
    expect(abilitiesOf({ card: card({ tools: true, response_format: true, reasoning: true }) })).toEqual([
      "tools",
      "JSON",
      "reasoning",
    ]);
    expect(abilitiesOf({ card: card({ tools: false, streaming: true, image_input: false }) })).toEqual([]);
    expect(abilitiesOf({ card: undefined })).toEqual([]);
  });
});

it("models are found by every word, one of just that name first, those with nothing left last", () => {
  const models = [
    model("spent", { calls_left: 0 }),
    model("big-tool", { card: card({ tools: true }) }),
    model("tool", { calls_left: 0, aliases: ["gratis"] }),
    model("cheap", { cost_per_call: 0, vendor: "Other" }),
  ];
  const ids = (search: string): string[] => findPlayModels(models, search).map(({ id }) => id);
  expect(ids("")).toEqual(["big-tool", "cheap", "spent", "tool"]);
  expect(ids("TOOL")).toEqual(["tool", "big-tool"]);
  expect(ids("gratis")).toEqual(["tool"]);
  expect(ids("tools")).toEqual(["big-tool"]);
  expect(ids("other free")).toEqual(["cheap"]);
  expect(ids("acme free")).toEqual([]);
});
