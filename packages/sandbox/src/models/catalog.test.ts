import { expect, it } from "vitest";
import { families } from "../families/families.js";
import { findChatModel, modelList } from "./catalog.js";
import { allChatModels } from "./chat-models.js";
import { allEmbeddingModels } from "./embedding-models.js";
import { helloSamples } from "./hello-samples.js";

it("has all 152 ids of the documentation, each once", () => {
  const ids = (JSON.parse(modelList) as { data: { id: string }[] }).data.map((model) => model.id);
  expect([ids.length, new Set(ids).size]).toEqual([152, 152]);
});

it("has every chat model in its family", () => {
  const count = (family: string) => allChatModels.filter((model) => model.family === family).length;
  expect(Object.fromEntries(Object.keys(families).map((family) => [family, count(family)]))).toEqual({
    "openai-like": 52,
    "together-like": 28,
    minimax: 2,
    gemini: 13,
    claude: 25,
  });
});

it("has the 72 published figures, all of models that it serves", () => {
  expect(helloSamples.size).toBe(72);
  for (const id of helloSamples.keys()) expect([id, findChatModel(id)?.id]).toEqual([id, id]);
});

it("charges a rate inferred from a sample so that the sample is a whole number of tokens", () => {
  const sampled = allChatModels.filter(({ id, rateSource }) => rateSource === "sample" && helloSamples.has(id));
  expect(sampled).toHaveLength(56);
  for (const { id, inputRate, outputRate } of sampled) {
    const sample = helloSamples.get(id);
    for (const [figure, rate] of [
      [sample?.promptApiTokens, inputRate],
      [sample?.completionApiTokens, outputRate],
    ] as const) {
      const tokens = rate === 0 ? 0 : Math.round((figure ?? Number.NaN) / rate);
      expect.soft(Math.round(tokens * rate), id).toBe(figure);
    }
  }
});

it("spreads a sample that no public price explains over 8 and 10 tokens", () => {
  const spread = allChatModels.filter(({ rateSource }) => rateSource === "spread");
  expect(spread.map(({ id }) => id)).toEqual(["nvidia/llama-3.1-nemotron-70b-instruct", "abab6.5s-chat"]);
  for (const { id, inputRate, outputRate } of spread) {
    const { promptApiTokens, completionApiTokens } = helloSamples.get(id) ?? {};
    expect([inputRate * 8, outputRate * 10]).toEqual([promptApiTokens, completionApiTokens]);
  }
});

it("gives nothing away on one side only, and nothing at all but what was published as 0", () => {
  for (const { id, inputRate, outputRate } of allChatModels) expect.soft(inputRate === 0, id).toBe(outputRate === 0);
  for (const [id, { promptApiTokens, completionApiTokens }] of helloSamples) {
    expect.soft(findChatModel(id)?.outputRate === 0, id).toBe(promptApiTokens + completionApiTokens === 0);
  }
  for (const { id, rate } of allEmbeddingModels) expect.soft(rate, id).toBeGreaterThan(0);
});
