import { Embeddings, type EmbeddingsParams } from "@langchain/core/embeddings";
import {
  type EmbeddingModel,
  type EmbeddingRequest,
  InvalidOptionsError,
  type Laplas,
  type ModelName,
} from "@laplas/core";
import { toDoorError } from "../engine/door-error.js";
import { checkCount, checkModel, type EngineFields } from "../engine/engine-fields.js";
import { setCompleted } from "../engine/set-completed.js";
import { engineFor } from "../engine/shared-engine.js";
import { readVectors, vectorsBefore } from "./read-vectors.js";
import { type TaskType, type TextRole, type VendorOptions, vendorFields } from "./vendor-options.js";

/** Fields of {@link LaplasEmbeddings}. */
export interface LaplasEmbeddingsFields extends EmbeddingsParams, EngineFields, VendorOptions {
  /** Id, alias or label of an embedding model. */
  model?: ModelName | undefined;
  /** Texts in one request; models that take one text at a time get as many requests. @default 100 */
  batchSize?: number | undefined;
  /** Requests under way at once. @default 1, as the free tier has it */
  maxConcurrency?: number;
  /** Silence of the upstream after which an attempt is given up, in milliseconds. @default the engine's, 120_000 */
  timeout?: number | undefined;
  /** How long one request to the upstream may take in all, in milliseconds. @default the engine's, 600_000 */
  deadlineMs?: number | undefined;
  /** New attempts of the engine after a failure that may pass; LangChain's own retrier is off. @default 2 */
  maxRetries?: number;
  /** More fields of the request body, over all others. */
  modelKwargs?: Record<string, unknown> | undefined;
  /** Hears after every batch how many texts have their vector, of how many. */
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
export class LaplasEmbeddings extends Embeddings implements VendorOptions {
  readonly model: string;
  readonly dimensions: number | undefined;
  readonly taskType: TaskType | undefined;
  readonly inputType: "document" | undefined;
  readonly title: string | undefined;
  readonly autoTruncate: boolean | undefined;
  readonly batchSize: number;
  readonly timeout: number | undefined;
  readonly deadlineMs: number | undefined;
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
    this.taskType = fields.taskType;
    this.inputType = fields.inputType;
    this.title = fields.title;
    this.autoTruncate = fields.autoTruncate;
    this.batchSize = checkCount("batchSize", fields.batchSize) ?? 100;
    if (this.batchSize === 0) throw new InvalidOptionsError('Option "batchSize" is "0", but must be 1 or more.');
    this.timeout = checkCount("timeout", fields.timeout);
    this.deadlineMs = checkCount("deadlineMs", fields.deadlineMs);
    this.maxRetries = checkCount("maxRetries", fields.maxRetries) ?? 2;
    this.modelKwargs = fields.modelKwargs;
    this.onProgress = fields.onProgress;
    this.#engine = engineFor(fields);
  }

  /** @throws LaplasError */
  override async embedQuery(text: string): Promise<number[]> {
    const [vector = []] = await this.#send(this.#request(text, "query"));
    return vector;
  }

  /** @throws LaplasError, with the vectors of the first texts, as far as there is one after the other, as `completed` */
  override async embedDocuments(texts: string[]): Promise<number[][]> {
    const batches = Array.from({ length: Math.ceil(texts.length / this.batchSize) }, (_, index) =>
      this.#request(texts.slice(index * this.batchSize, (index + 1) * this.batchSize), "document"),
    );
    // One bad text in the last batch would be found out when all the others have been paid for.
    if (batches.length > 1 && (await this.#isInvalid(texts))) return this.#send(this.#request(texts, "document"));
    const stop = new AbortController();
    const done: number[][][] = [];
    let count = 0;
    let failed: number | undefined;
    const sent = batches.map(async (batch, index) => {
      done[index] = await this.#send(batch, stop.signal).catch((error: unknown) => {
        failed ??= index;
        throw error;
      });
      count += batch.input.length;
      this.onProgress?.(count, texts.length);
    });
    try {
      await Promise.all(sent);
    } catch (error) {
      // The result is lost, so batches that still wait would be paid for nothing.
      stop.abort();
      if (failed !== undefined) setCompleted(error, vectorsBefore(done, failed, error));
      throw error;
    }
    return done.flat();
  }

  /** Whether the engine would refuse these texts for what they are; the one that is wrong keeps its place in the message. */
  async #isInvalid(texts: string[]): Promise<boolean> {
    const { error } = await this.#engine.check(this.#request(texts, "document"));
    return error?.code === "invalid_request";
  }

  #request<Input extends string | string[]>(input: Input, role: TextRole): EmbeddingRequest & { input: Input } {
    const model = this.#known();
    return {
      model: this.model,
      input,
      ...(model?.embedding.base64 ? { encoding_format: "base64" } : {}),
      ...vendorFields(this, role, model),
      ...this.modelKwargs,
    };
  }

  #known(): EmbeddingModel | undefined {
    const found = this.#engine.findModel(this.model);
    return found.kind === "model" && found.model.modality === "embedding" ? found.model : undefined;
  }

  async #send(request: EmbeddingRequest, signal?: AbortSignal): Promise<number[][]> {
    const send = async () => {
      signal?.throwIfAborted();
      const { timeout: timeoutMs, deadlineMs, maxRetries } = this;
      return this.#engine.embed(request, { signal, timeoutMs, deadlineMs, maxRetries });
    };
    try {
      const { data } = await this.caller.call(send);
      return readVectors(data);
    } catch (error) {
      throw toDoorError(error, signal);
    }
  }
}
