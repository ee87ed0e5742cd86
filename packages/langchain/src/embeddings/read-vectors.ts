import type { EmbeddingList } from "@laplas/core";
import { completedOf } from "../engine/set-completed.js";
import { decodeVector } from "./decode-vector.js";

/** The vectors of an answer, in the order of the texts. */
export function readVectors(data: EmbeddingList["data"]): number[][] {
  return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => decodeVector(embedding));
}

/**
 * The vectors of the first texts without a gap, when a batch has failed: what a caller can keep, to go on with the text
 * after the last one. Batches may run at once, and the engine may send long texts of a batch first.
 */
export function vectorsBefore(done: readonly (number[][] | undefined)[], failed: number, error: unknown): number[][] {
  const vectors: number[][] = [];
  for (let index = 0; index < failed; index += 1) {
    const batch = done[index];
    if (batch === undefined) return vectors;
    vectors.push(...batch);
  }
  const partial = new Map((completedOf(error) as EmbeddingList["data"]).map((item) => [item.index, item.embedding]));
  for (let index = 0; ; index += 1) {
    const embedding = partial.get(index);
    if (embedding === undefined) return vectors;
    vectors.push(decodeVector(embedding));
  }
}
