import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
import { decodeVector } from "./decode-vector.js";
import { LaplasEmbeddings, type LaplasEmbeddingsFields } from "./laplas-embeddings.js";

const model = "text-embedding-3-small";

async function open(fields: LaplasEmbeddingsFields = {}) {
  const world = await openWorld();
  return { ...world, embeddings: new LaplasEmbeddings({ model, engine: world.engine, ...fields }) };
}

const bodies = (requests: readonly { body: unknown }[]) =>
  requests.map(({ body }) => body as { input: string[]; encoding_format?: string });

describe("LaplasEmbeddings", () => {
  it("embeds a query, and texts that mean the same alike", async () => {
    const { embeddings } = await open();
    const query = await embeddings.embedQuery("a cat on a mat");
    const [near = [], far = []] = await embeddings.embedDocuments(["the cat is on the mat", "tax law of 1998"]);
    const likeness = (vector: number[]) => vector.reduce((sum, value, index) => sum + value * (query[index] ?? 0), 0);
    expect(query).toHaveLength(1536);
    expect(likeness(near)).toBeGreaterThan(likeness(far));
  });

  it("sends batches, keeps the order, and tells the progress", async () => {
    const progress: [number, number][] = [];
    const { embeddings, sandbox } = await open({ batchSize: 4, onProgress: (...now) => void progress.push(now) });
    const texts = Array.from({ length: 10 }, (_, index) => `text number ${index}`);
    const vectors = await embeddings.embedDocuments(texts);
    expect(bodies(sandbox.requests).map(({ input }) => input.length)).toEqual([4, 4, 2]);
    expect(progress).toEqual([
      [4, 10],
      [8, 10],
      [10, 10],
    ]);
    expect(vectors[7]).toEqual(await embeddings.embedQuery("text number 7"));
    expect(sandbox.counts().refused).toBe(0);
  });

  it("asks for base64 where the model has it, and gets the same numbers", async () => {
    const { embeddings, sandbox, engine } = await open();
    const vector = await embeddings.embedQuery("same");
    expect(bodies(sandbox.requests)[0]?.encoding_format).toBe("base64");
    const plain = await engine.embed({ model, input: "same", encoding_format: "float" });
    const expected = plain.data[0]?.embedding as number[];
    expect(Math.max(...vector.map((value, index) => Math.abs(value - (expected[index] ?? 0))))).toBeLessThan(1e-6);
  });

  it("shortens vectors and passes the model's own fields", async () => {
    const { embeddings, sandbox } = await open({ dimensions: 256 });
    expect(await embeddings.embedQuery("short")).toHaveLength(256);
    const voyage = new LaplasEmbeddings({
      model: "voyage-2",
      engine: (await open()).engine,
      modelKwargs: { input_type: "document" },
    });
    expect(await voyage.embedQuery("x")).toHaveLength(1024);
    expect(bodies(sandbox.requests)[0]).toMatchObject({ dimensions: 256 });
  });

  it("embeds several texts with models that take one at a time", async () => {
    const { embeddings, sandbox } = await open({ model: "BAAI/bge-base-en-v1.5" });
    expect(await embeddings.embedDocuments(["one", "two", "three"])).toHaveLength(3);
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });

  it("has nothing to send for no texts", async () => {
    const { embeddings, sandbox } = await open();
    expect(await embeddings.embedDocuments([])).toEqual([]);
    expect(sandbox.counts().received).toBe(0);
  });

  it("stops at the first batch that fails, and throws the engine's error", async () => {
    const { embeddings, sandbox } = await open({ batchSize: 1 });
    sandbox.fault({ kind: "publishedError" }, { when: () => sandbox.counts().received > 2 });
    const error = await rejection(embeddings.embedDocuments(["a", "b", "c", "d", "e"]));
    expect(error).toMatchObject({ code: "daily_quota", retryable: false });
    expect(sandbox.counts().received).toBe(3);
  });

  it.each([
    [{}, /"model"/],
    [{ model, batchSize: 0 }, /batchSize/],
    [{ model, maxRetries: 0.5 }, /maxRetries/],
  ])("refuses %j", (fields, message) => {
    expect(() => new LaplasEmbeddings({ apiKey: "key", ledger: "memory", ...fields })).toThrow(message);
  });
});

describe("decodeVector", () => {
  it("reads little-endian floats from base64, and leaves numbers", () => {
    expect(decodeVector(Buffer.from(new Float32Array([1.5, -2, 0]).buffer).toString("base64"))).toEqual([1.5, -2, 0]);
    expect(decodeVector([0.1])).toEqual([0.1]);
    expect(decodeVector("")).toEqual([]);
  });
});
