import { ensureConfig, Runnable, type RunnableConfig } from "@langchain/core/runnables";
import { type ImageList, type ImageRequest, InvalidOptionsError, type Laplas } from "@laplas/core";
import { throwIfAborted, toDoorError } from "../engine/door-error.js";
import { checkCount, checkModel } from "../engine/engine-fields.js";
import { serializableFields } from "../engine/serializable-fields.js";
import { completedOf, setCompleted } from "../engine/set-completed.js";
import { engineFor } from "../engine/shared-engine.js";
import { toMessageReport } from "../messages/message-report.js";
import { type LaplasImage, toImageBlocks } from "./image-blocks.js";
import { type ImagePrompt, type LaplasImagesFields, readImagePrompt, WRITTEN_FIELDS } from "./image-fields.js";

/**
 * An image model on the laplas engine: a description in, pictures out, as LangChain's standard image blocks. LangChain has
 * no class for image models; as a Runnable it stands in chains, and `batch`, `withRetry`, `withFallbacks` and tracing work.
 * `reportOf(pictures)` tells what they cost. An error has the pictures made before it as `completed`.
 *
 * @example
 * ```ts
 * const images = new LaplasImages({ model: "flux/schnell" }); // key from LAPLAS_API_KEY
 * const [picture] = await images.invoke("a red fox in the snow");
 * console.log(picture?.url);
 * ```
 */
export class LaplasImages extends Runnable<ImagePrompt, LaplasImage[]> {
  override lc_serializable = true;
  override lc_namespace: string[] = ["langchain", "images", "laplas"];
  readonly model: string;
  readonly n: number | undefined;
  readonly size: string | undefined;
  readonly responseFormat: "url" | "b64_json" | undefined;
  readonly timeout: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly maxRetries: number;
  readonly modelKwargs: Record<string, unknown> | undefined;
  readonly baseURL: string | undefined;
  /** Private: printing the object would else print the engine's key. */
  readonly #engine: Laplas;

  /** @throws InvalidOptionsError */
  constructor(model: string, fields?: Omit<LaplasImagesFields, "model">);
  constructor(fields: LaplasImagesFields);
  constructor(modelOrFields: string | LaplasImagesFields, others: Omit<LaplasImagesFields, "model"> = {}) {
    const fields: LaplasImagesFields =
      typeof modelOrFields === "string" ? { ...others, model: modelOrFields } : (modelOrFields ?? {});
    super(serializableFields(fields, WRITTEN_FIELDS));
    this.model = checkModel("LaplasImages", fields.model);
    this.n = checkCount("n", fields.n);
    if (this.n === 0) throw new InvalidOptionsError('Option "n" is "0", but must be 1 or more.');
    this.size = fields.size;
    this.responseFormat = checkFormat(fields.responseFormat);
    this.timeout = checkCount("timeout", fields.timeout);
    this.deadlineMs = checkCount("deadlineMs", fields.deadlineMs);
    this.maxRetries = checkCount("maxRetries", fields.maxRetries) ?? 2;
    this.modelKwargs = fields.modelKwargs;
    this.baseURL = fields.baseURL;
    this.#engine = engineFor(fields);
  }

  static override lc_name(): string {
    return "LaplasImages";
  }

  override get lc_secrets(): Record<string, string> {
    return { apiKey: "LAPLAS_API_KEY" };
  }

  override get lc_aliases(): Record<string, string> {
    // Without it LangChain would write base_u_r_l.
    return { baseURL: "base_url" };
  }

  /** Whether the model draws from a picture, which then has to come as `image_url`. */
  get needsPicture(): boolean {
    const found = this.#engine.findModel(this.model);
    return (
      found.kind === "model" && found.model.modality === "image" && found.model.image.referenceImage === "required"
    );
  }

  /** @throws LaplasError, or the signal's reason */
  override async invoke(input: ImagePrompt, options?: Partial<RunnableConfig>): Promise<LaplasImage[]> {
    // Makes a signal of LangChain's `timeout`, whose reason is then known here.
    const config = ensureConfig(options);
    try {
      return await this._callWithConfig(this.#draw, input, config);
    } catch (error) {
      throw toDoorError(error, config.signal);
    }
  }

  async #draw(input: ImagePrompt, { signal }: Partial<RunnableConfig> = {}): Promise<LaplasImage[]> {
    throwIfAborted(signal);
    try {
      const { data, seed, laplas } = await this.#engine.image(this.#request(input), {
        signal,
        timeoutMs: this.timeout,
        deadlineMs: this.deadlineMs,
        maxRetries: this.maxRetries,
      });
      // Of several requests the engine gives each picture its own seed, and none to the answer.
      return toImageBlocks(data, {
        ...(seed === undefined ? {} : { seed }),
        model: this.model,
        laplas: toMessageReport(laplas),
      });
    } catch (error) {
      const drawn = completedOf(error) as ImageList["data"];
      setCompleted(error, toImageBlocks(drawn, { model: this.model }));
      throw error;
    }
  }

  #request(input: ImagePrompt): ImageRequest {
    const { prompt, ...options } = readImagePrompt(input);
    const fields = { n: this.n, size: this.size, response_format: this.responseFormat, ...this.modelKwargs };
    const given = Object.entries({ ...fields, ...options }).filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(given), model: this.model, prompt };
  }
}

function checkFormat(format: unknown): "url" | "b64_json" | undefined {
  if (format === undefined || format === "url" || format === "b64_json") return format;
  throw new InvalidOptionsError(`Option "responseFormat" is "${String(format)}", but must be url or b64_json.`);
}
