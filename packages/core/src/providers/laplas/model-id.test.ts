import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Model } from "../../catalog/model.js";
import { chatModels } from "./chat-models.js";
import { embeddingModels } from "./embedding-models.js";
import { imageModels } from "./image-models.js";

const source = readFileSync(new URL("model-id.ts", import.meta.url), "utf8");

/** The literals of one union, as written in the source: types are gone at run time. */
function literalsOf(union: string): string[] {
  const body = source.slice(source.indexOf(`export type ${union} =`)).split(";", 1)[0] ?? "";
  return [...body.matchAll(/\| "([^"]+)"/g)].map((match) => match[1] ?? "");
}

const idsOf = (models: readonly Model[]) => models.flatMap(({ id, aliases }) => [id, ...aliases]).sort();

test.each([
  ["ChatModelId", chatModels, 120],
  ["EmbeddingModelId", embeddingModels, 19],
  ["ImageModelId", imageModels, 13],
] as const)("%s lists exactly the ids of the data", (union, models, count) => {
  expect(literalsOf(union).sort()).toEqual(idsOf(models));
  expect(literalsOf(union)).toHaveLength(count);
});
