import { CacheBackedEmbeddings } from "@langchain/classic/embeddings/cache_backed";
import { InMemoryStore } from "@langchain/core/stores";
import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
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
    expect(bodies(sandbox.requests)[0]).toMatchObject({ dimensions: 256 });
    const { embeddings: voyage, sandbox: other } = await open({
      model: "voyage-2",
      modelKwargs: { input_type: "document" },
    });
    expect(await voyage.embedQuery("x")).toHaveLength(1024);
    expect(bodies(other.requests)[0]).toMatchObject({ input_type: "document" });
  });

  it("embeds several texts with models that take one at a time", async () => {
    const { embeddings, sandbox } = await open({ model: "BAAI/bge-base-en-v1.5" });
    expect(await embeddings.embedDocuments(["one", "two", "three"])).toHaveLength(3);
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });

  it("sends a hundred texts at once, and one ticket each where the model takes one", async () => {
    const texts = Array.from({ length: 101 }, (_, index) => `text ${index}`);
    const { embeddings, sandbox } = await open();
    expect(await embeddings.embedDocuments(texts)).toHaveLength(101);
    expect(bodies(sandbox.requests).map(({ input }) => input.length)).toEqual([100, 1]);
    const single = await open({ model: "togethercomputer/m2-bert-80M-8k-retrieval", maxConcurrency: 4 });
    expect(await single.embeddings.embedDocuments(texts.slice(0, 9))).toHaveLength(9);
    expect(single.sandbox.counts()).toMatchObject({ answered: 9, refused: 0 });
  });

  it("refuses a text that is too long before any is sent, by its place among all", async () => {
    const { embeddings, sandbox } = await open({ model: "BAAI/bge-large-en-v1.5", batchSize: 2 });
    const error = await rejection(embeddings.embedDocuments(["a", "b", "c", "d", "x".repeat(3001)]));
    expect(error).toMatchObject({ code: "invalid_request", retryable: false });
    expect((error as Error).message).toMatch(/input\[4\] has 3001 characters.*3000 at most/);
    expect((await embeddings.embedQuery("x".repeat(3000))).length).toBeGreaterThan(0);
    expect(await rejection(embeddings.embedQuery("x".repeat(3001)))).toMatchObject({ code: "invalid_request" });
    expect(sandbox.counts()).toMatchObject({ answered: 1, received: 1 });
  });

  it("is not asked again for what LangChain's cache has", async () => {
    const { embeddings, sandbox } = await open();
    const cached = CacheBackedEmbeddings.fromBytesStore(embeddings, new InMemoryStore<Uint8Array>(), {
      namespace: model,
    });
    const vectors = await cached.embedDocuments(["a cat", "a dog"]);
    expect(await cached.embedDocuments(["a dog", "a fox", "a cat"])).toEqual([
      vectors[1],
      expect.any(Array),
      vectors[0],
    ]);
    expect(bodies(sandbox.requests).map(({ input }) => input)).toEqual([["a cat", "a dog"], ["a fox"]]);
  });

  it("has nothing to send for no texts", async () => {
    const { embeddings, sandbox } = await open();
    expect(await embeddings.embedDocuments([])).toEqual([]);
    expect(sandbox.counts().received).toBe(0);
  });

  it.each([
    ["a batch", { batchSize: 2 }, 4],
    ["a text of its own", { model: "BAAI/bge-base-en-v1.5" }, 2],
    ["a text of its own in a later batch", { model: "BAAI/bge-base-en-v1.5", batchSize: 1 }, 2],
  ])("stops where %s fails, and throws the engine's error with the vectors before it", async (_, fields, done) => {
    const { embeddings, sandbox } = await open(fields);
    const texts = ["a cat", "a dog", "a fox", "an owl", "a bee"];
    sandbox.fault({ kind: "publishedError" }, { when: () => sandbox.counts().received > 2 });
    const error = await rejection(embeddings.embedDocuments(texts));
    expect(error).toMatchObject({ code: "daily_quota", retryable: false });
    expect(sandbox.counts().received).toBe(3);
    const { embeddings: fresh } = await open(fields);
    const { completed } = error as { completed: number[][] };
    expect(completed).toEqual((await fresh.embedDocuments(texts)).slice(0, done));
  });

  it.each([
    [{}, /"model"/],
    [{ model, batchSize: 0 }, /batchSize/],
    [{ model, maxRetries: 0.5 }, /maxRetries/],
  ])("refuses %j", (fields, message) => {
    expect(() => new LaplasEmbeddings({ apiKey: "key", ledger: "memory", ...fields })).toThrow(message);
  });
});
