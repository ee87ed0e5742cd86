import { z } from "zod";
import type { EmbeddingShapeName } from "../models/model.js";

/** What an embedding body asks for, the same for every shape. */
export interface EmbeddingRequest {
  input: string[];
  base64: boolean;
  dimensions: number | undefined;
  /** Whether an input longer than the model's context is cut instead of refused. */
  truncate: boolean;
  /** Whether the answer's usage has `prompt_tokens`: the documentation leaves it out for some. */
  promptUsage: boolean;
}

/* Roots are strict everywhere: an unknown key is a 400, and `user` is unknown everywhere. */

const model = z.string();
const text = z.string().min(1);
const texts = z.union([text, z.array(text).min(1).max(2048)]);
const encoding = z.enum(["float", "base64"]).optional();
const dimensions = z.int().positive().nullish();
/* As voyage's pages print it: a text alone may be ten times as long as one of a list. */
const voyageTexts = z.union([text.max(8000), z.array(text.max(800)).min(1).max(128)]);
const list = (input: string | string[]) => (typeof input === "string" ? [input] : input);
const plain = { base64: false, dimensions: undefined, truncate: false, promptUsage: true };

const openai = z
  .strictObject({ model, input: texts, encoding_format: encoding.nullable(), dimensions })
  .transform((body) => ({
    ...plain,
    input: list(body.input),
    base64: body.encoding_format === "base64",
    dimensions: body.dimensions ?? undefined,
  }));

const voyage = z
  .strictObject({ model, input: voyageTexts, input_type: z.enum(["document"]).optional(), encoding_format: encoding })
  .transform((body) => ({
    ...plain,
    input: list(body.input),
    base64: body.encoding_format === "base64",
    truncate: true,
    promptUsage: false,
  }));

const taskTypes = [
  "RETRIEVAL_QUERY",
  "RETRIEVAL_DOCUMENT",
  "SEMANTIC_SIMILARITY",
  "CLASSIFICATION",
  "CLUSTERING",
  "QUESTION_ANSWERING",
  "FACT_VERIFICATION",
] as const;

const google = z
  .strictObject({
    model,
    input: texts,
    task_type: z.enum(taskTypes).optional(),
    title: z.string().optional(),
    auto_truncate: z.boolean().default(true),
    dimensions,
  })
  .transform((body) => ({
    ...plain,
    input: list(body.input),
    dimensions: body.dimensions ?? undefined,
    truncate: body.auto_truncate,
  }));

const singleString = z
  .strictObject({ model, input: z.string().min(1).max(3000), encoding_format: encoding })
  .transform((body) => ({ ...plain, input: [body.input], base64: body.encoding_format === "base64" }));

/** The published request shapes. A new one is one schema here and its name in `EmbeddingShapeName`. */
export const embeddingShapes: Record<EmbeddingShapeName, z.ZodType<EmbeddingRequest>> = {
  openai,
  voyage,
  google,
  "single-string": singleString,
};
