import { expect, it } from "vitest";
import { families } from "../families/families.js";
import { findChatModel, modelList } from "./catalog.js";
import { allChatModels } from "./chat-models.js";
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
