import { Embeddings, type EmbeddingsParams } from "@langchain/core/embeddings";
import { type EmbeddingRequest, InvalidOptionsError, type Laplas, type ModelName } from "@laplas/core";
import { toDoorError } from "../engine/door-error.js";
import { checkCount, checkModel, type EngineFields } from "../engine/engine-fields.js";
import { engineFor } from "../engine/shared-engine.js";
import { decodeVector } from "./decode-vector.js";

/** Fields of {@link LaplasEmbeddings}. */
export interface LaplasEmbeddingsFields extends EmbeddingsParams, EngineFields {
  /** Id, alias or label of an embedding model. */
  model?: ModelName | undefined;
  /** Length of the vectors, on models that can shorten them. @default the model's own */
  dimensions?: number | undefined;
  /** Texts in one request. @default 100 */
  batchSize?: number | undefined;
  /** Requests under way at once. @default 1, as the free tier has it */
  maxConcurrency?: number;
  /** Silence of the upstream after which an attempt is given up, in milliseconds. @default the engine's, 120_000 */
  timeout?: number | undefined;
  /** New attempts of the engine after a failure that may pass; LangChain's own retrier is off. @default 2 */
  maxRetries?: number;
  /** More fields of the request body, as the model takes them: `input_type`, `task_type`, ... */
  modelKwargs?: Record<string, unknown> | undefined;
  /** Hears after every request how many texts have their vector, of how many. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * An embedding model on the laplas engine. Texts go out in batches, vectors come back in the order of the texts.
 *
 * @example
 * ```ts
 * const embeddings = new LaplasEmbeddings({ model: "text-embedding-3-small" }); // key from LAPLAS_API_KEY
 * const vectors = await embeddings.embedDocuments(["one text", "another"]);
 * ```
 */
export class LaplasEmbeddings extends Embeddings {
  readonly model: string;
  readonly dimensions: number | undefined;
  readonly batchSize: number;
  readonly timeout: number | undefined;
  readonly maxRetries: number;
  readonly modelKwargs: Record<string, unknown> | undefined;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
  /** Private: whoever prints the object would else print the engine's key. */
  readonly #engine: Laplas;

  /** @throws InvalidOptionsError */
  constructor(model: string, fields?: Omit<LaplasEmbeddingsFields, "model">);
  constructor(fields: LaplasEmbeddingsFields);
  constructor(modelOrFields: string | LaplasEmbeddingsFields, others: Omit<LaplasEmbeddingsFields, "model"> = {}) {
    const fields: LaplasEmbeddingsFields =
      typeof modelOrFields === "string" ? { ...others, model: modelOrFields } : (modelOrFields ?? {});
    const { maxConcurrency = 1, onFailedAttempt } = fields;
    super({ maxConcurrency, maxRetries: 0, ...(onFailedAttempt && { onFailedAttempt }) });
    this.model = checkModel("LaplasEmbeddings", fields.model);
    this.dimensions = fields.dimensions;
    this.batchSize = checkCount("batchSize", fields.batchSize) ?? 100;
    if (this.batchSize === 0) throw new InvalidOptionsError('Option "batchSize" is "0", but must be 1 or more.');
    this.timeout = checkCount("timeout", fields.timeout);
    this.maxRetries = checkCount("maxRetries", fields.maxRetries) ?? 2;
    this.modelKwargs = fields.modelKwargs;
    this.onProgress = fields.onProgress;
    this.#engine = engineFor(fields);
  }

  /** @throws LaplasError */
  override async embedQuery(text: string): Promise<number[]> {
    const [vector = []] = await this.#send(text, 1);
    return vector;
  }

  /** @throws LaplasError; what other batches have brought by then is lost, and what has not been sent is not */
  override async embedDocuments(texts: string[]): Promise<number[][]> {
    const stop = new AbortController();
    let done = 0;
    const batches = Array.from({ length: Math.ceil(texts.length / this.batchSize) }, (_, index) =>
      texts.slice(index * this.batchSize, (index + 1) * this.batchSize),
    );
    const sent = batches.map(async (batch) => {
      const vectors = await this.#send(batch, batch.length, stop.signal);
      done += batch.length;
      this.onProgress?.(done, texts.length);
      return vectors;
    });
    try {
      return (await Promise.all(sent)).flat();
    } catch (error) {
      // The result is lost, so batches that still wait would be paid for nothing.
      stop.abort();
      throw error;
    }
  }

  async #send(input: string | string[], count: number, signal?: AbortSignal): Promise<number[][]> {
    const found = this.#engine.findModel(this.model);
    const base64 = found.kind === "model" && found.model.modality === "embedding" && found.model.embedding.base64;
    const request: EmbeddingRequest = {
      model: this.model,
      input,
      ...(base64 ? { encoding_format: "base64" } : {}),
      ...(this.dimensions === undefined ? {} : { dimensions: this.dimensions }),
      ...this.modelKwargs,
    };
    const send = async () => {
      signal?.throwIfAborted();
      return this.#engine.embed(request, { signal, timeoutMs: this.timeout, maxRetries: this.maxRetries });
    };
    try {
      const { data } = await this.caller.call(send);
      const vectors = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => decodeVector(embedding));
      if (vectors.length === count) return vectors;
    } catch (error) {
      throw toDoorError(error, signal);
    }
    throw new TypeError(`${this.model} answered a request of ${count} texts with another number of vectors.`);
  }
}
