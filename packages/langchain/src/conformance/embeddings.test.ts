/* The scope of LangChain's own standard tests for embeddings, over every family of models. */
import { Embeddings } from "@langchain/core/embeddings";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LaplasEmbeddings, type LaplasEmbeddingsFields } from "../index.js";
import { openWorld, rejection, type World } from "../testing/open-world.js";

const MODELS = ["text-embedding-3-small", "text-multilingual-embedding-002", "voyage-2", "BAAI/bge-base-en-v1.5"];

interface Subject extends World {
  make(fields?: LaplasEmbeddingsFields): LaplasEmbeddings;
}

const isVector = (vector: unknown) => Array.isArray(vector) && vector.length > 0 && vector.every(Number.isFinite);

const CHECKS: Record<string, (subject: Subject) => Promise<unknown>> = {
  "construction: is an Embeddings": async ({ make }) => expect(make()).toBeInstanceOf(Embeddings),
  "construction: takes key and address from the environment": async ({ make, sandbox }) => {
    vi.stubEnv("LAPLAS_API_KEY", "from-the-environment");
    vi.stubEnv("LAPLAS_BASE_URL", sandbox.baseURL);
    vi.stubEnv("LAPLAS_LEDGER", "memory");
    onTestFinished(() => void vi.unstubAllEnvs());
    await new LaplasEmbeddings(make().model).embedQuery("foo");
    expect(sandbox.used("from-the-environment")).toBeGreaterThan(0);
  },
  "embedQuery: one vector of numbers": async ({ make }) => expect(isVector(await make().embedQuery("foo"))).toBe(true),
  "embedDocuments: one vector a text, all of one length": async ({ make }) => {
    const vectors = await make().embedDocuments(["foo", "bar", "baz"]);
    expect(vectors).toHaveLength(3);
    expect(vectors.every(isVector)).toBe(true);
    expect(new Set(vectors.map((vector) => vector.length)).size).toBe(1);
    expect(vectors[0]).not.toEqual(vectors[1]);
  },
  "embedDocuments: nothing for nothing": async ({ make }) => expect(await make().embedDocuments([])).toEqual([]),
  "embedDocuments: many at once from many callers": async ({ make }) => {
    const all = await Promise.all([1, 2, 3].map((number) => make().embedDocuments([`text ${number}`, "same"])));
    expect(all.map(([, same]) => same)).toEqual(Array(3).fill(all[0]?.[1]));
  },
  "the same text has the same vector": async ({ make }) => {
    expect(await make().embedQuery("foo")).toEqual(await make().embedQuery("foo"));
  },
  "errors are the engine's": async ({ make, sandbox }) => {
    sandbox.fault({ kind: "serverError" });
    const error = await rejection(make({ maxRetries: 0 }).embedQuery("foo"));
    expect(error).toMatchObject({ code: "unavailable", retryable: true });
  },
};

describe.each(MODELS)("%s", (model) => {
  it.each(Object.entries(CHECKS))("%s", async (_, check) => {
    const world = await openWorld();
    await check({ ...world, make: (fields) => new LaplasEmbeddings({ model, engine: world.engine, ...fields }) });
    expect(world.sandbox.counts().refused).toBe(0);
  });
});
