import type { EmbeddingModel } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
import { LaplasEmbeddings } from "./laplas-embeddings.js";
import { type VendorOptions, vendorFields } from "./vendor-options.js";

const google = "text-multilingual-embedding-002";

/** What a query and a document are sent with. */
async function fieldsOf(model: string, options: VendorOptions = {}) {
  const { engine } = await openWorld();
  const found = engine.findModel(model);
  const known = found.kind === "model" ? (found.model as EmbeddingModel) : undefined;
  return [vendorFields(options, "document", known), vendorFields(options, "query", known)];
}

describe("options of a vendor", () => {
  it("say by default what is a document and what a query, where Google documents it", async () => {
    expect(await fieldsOf(google)).toEqual([{ task_type: "RETRIEVAL_DOCUMENT" }, { task_type: "RETRIEVAL_QUERY" }]);
    for (const model of ["textembedding-gecko@001", "text-embedding-3-small", "nobody-knows-it"]) {
      expect(await fieldsOf(model)).toEqual([{}, {}]);
    }
  });

  it("are sent as they are given, and a document's only with documents", async () => {
    const shared = { task_type: "SEMANTIC_SIMILARITY", auto_truncate: false, dimensions: 64 };
    const options = { taskType: "SEMANTIC_SIMILARITY", autoTruncate: false, dimensions: 64, title: "Cats" } as const;
    expect(await fieldsOf(google, options)).toEqual([{ ...shared, title: "Cats" }, shared]);
    expect(await fieldsOf("voyage-2", { inputType: "document" })).toEqual([{ input_type: "document" }, {}]);
  });

  it("reach the upstream, which takes them", async () => {
    const { engine, sandbox } = await openWorld();
    const fields = { taskType: "SEMANTIC_SIMILARITY", autoTruncate: false, dimensions: 64, title: "Cats" } as const;
    for (const options of [
      { model: google },
      { model: google, ...fields },
      { model: "voyage-2", inputType: "document" as const },
    ]) {
      const embeddings = new LaplasEmbeddings({ engine, ...options });
      await embeddings.embedDocuments(["a document"]);
      await embeddings.embedQuery("a query");
    }
    expect(sandbox.counts()).toMatchObject({ answered: 6, refused: 0 });
    expect(sandbox.requests[2]?.body).toMatchObject({
      task_type: "SEMANTIC_SIMILARITY",
      title: "Cats",
      dimensions: 64,
    });
    expect(sandbox.requests[4]?.body).toMatchObject({ input_type: "document" });
  });

  it("are refused by name where the model lacks them", async () => {
    const { engine, sandbox } = await openWorld();
    const embeddings = new LaplasEmbeddings({ engine, model: "text-embedding-3-small", taskType: "CLUSTERING" });
    expect(await rejection(embeddings.embedQuery("x"))).toMatchObject({ code: "invalid_request", param: "task_type" });
    expect(sandbox.counts().received).toBe(0);
  });
});
