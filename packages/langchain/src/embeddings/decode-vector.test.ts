import { describe, expect, it } from "vitest";
import { decodeVector } from "./decode-vector.js";

describe("decodeVector", () => {
  it("reads little-endian floats from base64, and leaves numbers", () => {
    expect(decodeVector(Buffer.from(new Float32Array([1.5, -2, 0]).buffer).toString("base64"))).toEqual([1.5, -2, 0]);
    expect(decodeVector([0.1])).toEqual([0.1]);
    expect(decodeVector("")).toEqual([]);
  });
});
