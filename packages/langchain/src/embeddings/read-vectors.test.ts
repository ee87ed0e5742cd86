import { describe, expect, it } from "vitest";
import { readVectors, vectorsBefore } from "./read-vectors.js";

const item = (index: number, ...embedding: number[]) => ({ object: "embedding" as const, index, embedding });

describe("readVectors", () => {
  it("puts vectors in the order of the texts, whatever the order of the answer", () => {
    const data = [item(2, 0.3), item(0, 0.1), item(1, 0.2)];
    expect(readVectors(data)).toEqual([[0.1], [0.2], [0.3]]);
    expect(data.map(({ index }) => index)).toEqual([2, 0, 1]);
  });
});

describe("vectorsBefore", () => {
  it("keeps no vectors after a gap", () => {
    const failed = { completed: [item(0, 3), item(2, 5)] };
    expect(vectorsBefore([[[1]], [[2]]], 2, failed)).toEqual([[1], [2], [3]]);
    expect(vectorsBefore([[[1]], undefined, [[2]]], 3, failed)).toEqual([[1]]);
    expect(vectorsBefore([], 0, undefined)).toEqual([]);
  });

  it("leaves out batches after the failed one", () => {
    expect(vectorsBefore([[[1]], [[2]], [[3]]], 1, new Error("failed"))).toEqual([[1]]);
  });
});
