import type { BasePromptValueInterface } from "@langchain/core/prompt_values";
import type { ModelName } from "@laplas/core";
import type { EngineFields } from "../engine/engine-fields.js";

/** Fields of {@link LaplasImages}. */
export interface LaplasImagesFields extends EngineFields {
  /** Id, alias or label of an image model. */
  model?: ModelName | undefined;
  /** Pictures per call. Where the tier takes one at a time, the engine asks for them in turn. @default 1 */
  n?: number | undefined;
  /** As `512x512`, or a preset such as `square_hd` on models that have them. @default what tier and model say */
  size?: string | undefined;
  /** Addresses, or data as base64: what a model answers with an address is fetched. @default "url" */
  responseFormat?: "url" | "b64_json" | undefined;
  /** Silence of the upstream after which an attempt is given up, in milliseconds. @default the engine's, 120_000 */
  timeout?: number | undefined;
  /** How long one request to the upstream may take in all, in milliseconds. @default the engine's, 600_000 */
  deadlineMs?: number | undefined;
  /** New attempts of the engine after a failure that may pass. @default 2 */
  maxRetries?: number | undefined;
  /** More fields of the request body, as the model takes them: `seed`, `style`, `negative_prompt`, ... */
  modelKwargs?: Record<string, unknown> | undefined;
}

/** The plain ones, from which LangChain's `load` can make the object again. */
export const WRITTEN_FIELDS: readonly (keyof LaplasImagesFields & string)[] = [
  ...(["model", "n", "size", "responseFormat", "timeout", "deadlineMs", "maxRetries", "modelKwargs"] as const),
];

/** What to draw, with options for this call over those of the object. Unlisted fields go into the request body. */
export interface LaplasImagesInput {
  prompt: string;
  n?: number | undefined;
  size?: string | undefined;
  /** The picture to draw from, for image-to-image models. */
  image_url?: string | undefined;
  [field: string]: unknown;
}

/** A description, a description with options, or what a prompt template makes. */
export type ImagePrompt = string | LaplasImagesInput | BasePromptValueInterface;

/** The fields of a request that an input carries. */
export function readImagePrompt(input: ImagePrompt): LaplasImagesInput {
  if (typeof input === "string") return { prompt: input };
  return isPromptValue(input) ? { prompt: textOf(input) } : input;
}

function isPromptValue(input: LaplasImagesInput | BasePromptValueInterface): input is BasePromptValueInterface {
  return typeof (input as Partial<BasePromptValueInterface>).toChatMessages === "function";
}

/** Not `toString()`, which writes "Human: " before a chat prompt. */
function textOf(value: BasePromptValueInterface): string {
  return value
    .toChatMessages()
    .map((message) => message.text)
    .join("\n");
}
