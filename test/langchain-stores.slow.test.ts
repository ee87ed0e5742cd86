import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Document, type DocumentInterface } from "@langchain/core/documents";
import type { EmbeddingsInterface } from "@langchain/core/embeddings";
import { VectorStore } from "@langchain/core/vectorstores";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import { createLaplas, type Laplas } from "@laplas/core";
import { ChatLaplas, LaplasEmbeddings, reportOf } from "@laplas/langchain";
import { createSandbox, type Sandbox } from "@laplas/sandbox";
import { AIMessage, createAgent, ToolMessage, tool } from "langchain";
import { load } from "sqlite-vec";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

let folder: string;
let sandbox: Sandbox;
let engine: Laplas;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "laplas-stores-"));
  sandbox = await createSandbox();
  engine = createLaplas({ apiKey: "k", baseURL: sandbox.baseURL, ledger: "memory" });
});

afterEach(async () => {
  await engine.close();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

/** LangChain's vector store on sqlite-vec: texts and float32 vectors in one file. */
class SqliteVecStore extends VectorStore {
  declare FilterType: never;
  readonly #database: DatabaseSync;

  constructor(embeddings: EmbeddingsInterface, path: string, dimensions: number) {
    super(embeddings, {});
    this.#database = new DatabaseSync(path, { allowExtension: true });
    load(this.#database);
    this.#database.exec(`CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, text TEXT, metadata TEXT)`);
    this.#database.exec(
      `CREATE VIRTUAL TABLE IF NOT EXISTS vectors USING vec0(embedding float[${dimensions}] distance_metric=cosine)`,
    );
  }

  override _vectorstoreType(): string {
    return "sqlite-vec";
  }

  override async addDocuments(documents: DocumentInterface[]): Promise<void> {
    const vectors = await this.embeddings.embedDocuments(documents.map(({ pageContent }) => pageContent));
    await this.addVectors(vectors, documents);
  }

  override async addVectors(vectors: number[][], documents: DocumentInterface[]): Promise<void> {
    const text = this.#database.prepare("INSERT INTO texts (text, metadata) VALUES (?, ?)");
    const vector = this.#database.prepare("INSERT INTO vectors (rowid, embedding) VALUES (?, ?)");
    for (const [index, { pageContent, metadata }] of documents.entries()) {
      const { lastInsertRowid } = text.run(pageContent, JSON.stringify(metadata));
      vector.run(BigInt(lastInsertRowid), bytesOf(vectors[index] ?? []));
    }
  }

  override async similaritySearchVectorWithScore(query: number[], k: number): Promise<[Document, number][]> {
    const rows = this.#database
      .prepare(
        `SELECT text, metadata, distance FROM vectors JOIN texts ON texts.id = vectors.rowid
         WHERE embedding MATCH ? AND k = ? ORDER BY distance`,
      )
      .all(bytesOf(query), k);
    return rows.map(({ text, metadata, distance }) => [
      new Document({ pageContent: String(text), metadata: JSON.parse(String(metadata)) }),
      Number(distance),
    ]);
  }

  close(): void {
    this.#database.close();
  }
}

function bytesOf(vector: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(vector).buffer);
}

describe("LaplasEmbeddings in a vector store on a file (sqlite-vec)", () => {
  const documents = [
    "The heron waits by the mill until the evening.",
    "A budget of tokens is counted every day.",
    "Bread rises faster in a warm kitchen.",
    "Herons and egrets fish in shallow water.",
    "The daily budget begins anew at midnight.",
  ].map((pageContent, line) => new Document({ pageContent, metadata: { line } }));

  it.each([
    ["text-embedding-3-small", 1_536, 1],
    ["voyage-2", 1_024, 1],
    // One text a request.
    ["BAAI/bge-base-en-v1.5", 768, documents.length],
  ])(
    "%s: texts are found again by their sense, also after the file was closed",
    async (model, dimensions, requests) => {
      const embeddings = new LaplasEmbeddings({ model, engine });
      const path = join(folder, "vectors.sqlite");
      const first = new SqliteVecStore(embeddings, path, dimensions);
      await first.addDocuments(documents);
      expect(sandbox.counts().answered).toBe(requests);
      first.close();

      const store = new SqliteVecStore(embeddings, path, dimensions);
      const found = await store.similaritySearchWithScore("When does the budget of the day begin?", 2);
      expect(found.map(([{ metadata }]) => metadata.line).sort()).toEqual([1, 4]);
      const [[same, distance] = []] = await store.similaritySearchWithScore(documents[0]?.pageContent ?? "", 1);
      expect(same).toEqual(documents[0]);
      // The same text gives the same vector, whether it is asked for alone or among others.
      expect(distance).toBeCloseTo(0, 5);
      const [heron] = await store.asRetriever(1).invoke("a heron at the mill");
      expect(heron).toEqual(documents[0]);
      store.close();
      expect(sandbox.counts()).toMatchObject({ refused: 0, answered: requests + 3 });
    },
  );
});

describe("an agent of ChatLaplas with LangGraph's SQLite checkpointer", () => {
  const weather = tool(async ({ city }) => `It is sunny in ${city}.`, {
    name: "get_weather",
    description: "Current weather of a city",
    schema: z.object({ city: z.string().describe("Name of the city") }),
  });
  const thread = { configurable: { thread_id: "one" } };

  function makeAgent(model: string, checkpointer: SqliteSaver, tools = [weather]) {
    return createAgent({ model: new ChatLaplas(model, { engine }), tools, checkpointer });
  }

  /** An agent as a new process would make it, on the file of the last one. */
  async function withAgent<T>(
    model: string,
    work: (agent: ReturnType<typeof makeAgent>) => Promise<T>,
    tools = [weather],
  ): Promise<T> {
    const checkpointer = SqliteSaver.fromConnString(join(folder, "checkpoints.sqlite"));
    try {
      return await work(makeAgent(model, checkpointer, tools));
    } finally {
      checkpointer.db.close();
    }
  }

  it("goes on with the conversation after the file was closed: calls, results and reports are there", async () => {
    const first = await withAgent("gpt-4o-mini", (agent) =>
      agent.invoke({ messages: "What is the weather in Paris?" }, thread),
    );
    expect(first.messages.map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai"]);
    const second = await withAgent("gpt-4o-mini", (agent) =>
      agent.invoke({ messages: "Repeat the word: sea" }, thread),
    );
    expect(second.messages.at(-1)?.text).toBe("sea");
    expect(second.messages.slice(0, 4).map(({ text }) => text)).toEqual(first.messages.map(({ text }) => text));

    const [, asked, result] = second.messages;
    expect(AIMessage.isInstance(asked) && asked.tool_calls).toMatchObject([
      { name: "get_weather", args: { city: "Paris" } },
    ]);
    expect(ToolMessage.isInstance(result) && result.text).toBe("It is sunny in Paris.");
    expect(asked && reportOf(asked)).toMatchObject({ apiTokens: expect.any(Number), truncatedByTier: false });
    // The strict upstream has taken the whole history, its call and its result.
    const call = { type: "function", function: { name: "get_weather", arguments: '{"city":"Paris"}' } };
    expect(sandbox.requests.at(-1)?.body).toMatchObject({
      messages: [
        { role: "user" },
        { role: "assistant", tool_calls: [call] },
        { role: "tool", content: "It is sunny in Paris." },
        { role: "assistant" },
        { role: "user", content: "Repeat the word: sea" },
      ],
    });
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });

  it("keeps thoughts as blocks, and sends them no more", async () => {
    const question = "What is 6 * 7?";
    await withAgent("Qwen/QwQ-32B", (agent) => agent.invoke({ messages: question }, thread), []);
    const { messages } = await withAgent(
      "Qwen/QwQ-32B",
      (agent) => agent.invoke({ messages: "Repeat the word: sea" }, thread),
      [],
    );
    expect(messages[1]?.contentBlocks).toEqual([
      { type: "reasoning", reasoning: expect.stringMatching(/^Okay[^<]+$/) },
      { type: "text", text: "6 * 7 is 42." },
    ]);
    expect(JSON.stringify(sandbox.requests.at(-1)?.body)).not.toContain("Okay");
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("streams a turn, and another thread of the file knows nothing of it", async () => {
    await withAgent("gpt-4o-mini", async (agent) => {
      const updates = await agent.stream(
        { messages: "What is the weather in Lisbon?" },
        { ...thread, streamMode: "updates" },
      );
      for await (const _ of updates);
    });
    const state = await withAgent("gpt-4o-mini", (agent) => agent.graph.getState(thread));
    expect(state.values.messages).toHaveLength(4);
    const other = { configurable: { thread_id: "two" } };
    const { messages } = await withAgent("gpt-4o-mini", (agent) => agent.invoke({ messages: "Hello" }, other));
    expect(messages).toHaveLength(2);
  });
});
