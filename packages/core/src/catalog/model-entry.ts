import { z } from "zod";
import type {
  ChatCapabilities,
  ChatModel,
  Dialect,
  EmbeddingModel,
  EmbeddingShape,
  ImageModel,
  ImageShape,
  InputOutput,
  Model,
  ModelFacts,
} from "./model.js";

/** No published id has half this length. It bounds what a user may add and what a lookup looks at. */
export const maxNameCharacters = 200;

type Names = Pick<ModelFacts, "aliases" | "label" | "vendor">;
type NamesOptional<M> = M extends Model ? Omit<M, keyof Names> & { [N in keyof Names]?: Names[N] | undefined } : never;

/** An entry that passed the check, its defaults filled in except the names: those may come from a replaced model. */
export type ModelEntry = NamesOptional<ChatModel> | NamesOptional<EmbeddingModel> | NamesOptional<ImageModel>;

interface EntryFacts {
  /** The id sent to the server. The id of a built-in model replaces that model. */
  readonly id: string;
  /** @default those of the replaced model, else none */
  readonly aliases?: readonly string[] | undefined;
  /** @default that of the replaced model, else the id */
  readonly label?: string | undefined;
  /** @default that of the replaced model, else "custom" */
  readonly vendor?: string | undefined;
  /** Seconds since 1970: when the model came to be. */
  readonly created?: number | undefined;
  readonly contextTokens?: number | undefined;
  /** What a model token costs, in the provider's unit. */
  readonly rates?: (InputOutput & { readonly evidence?: string | undefined }) | undefined;
  readonly hello?: InputOutput | undefined;
}

/** A model that the user adds to the catalog or puts in place of a built-in one. Only `id` and `modality` are required. */
export type ModelEntryInput = EntryFacts &
  (
    | {
        readonly modality: "chat";
        /** @default "openai" */
        readonly dialect?: Dialect | undefined;
        /** @default every ability but `reasoning`; `thinkMarks` is "start" for a model that has that one, else "none" */
        readonly capabilities?: Partial<ChatCapabilities> | undefined;
      }
    | { readonly modality: "embedding"; readonly embedding?: Partial<EmbeddingShape> | undefined }
    | { readonly modality: "image"; readonly image?: Partial<ImageShape> | undefined }
  );

let schema: z.ZodType<ModelEntry> | undefined;

/** The check of one entry. Built on first use: programs without models of their own don't pay for it at import. */
export function modelEntrySchema(): z.ZodType<ModelEntry> {
  schema ??= buildSchema();
  return schema;
}

function buildSchema(): z.ZodType<ModelEntry> {
  const label = z.string().min(1).max(maxNameCharacters);
  // Ids stand in lists, messages and tables of one line each.
  const name = label.regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u, "must have no line breaks and no control characters");
  const names = z.array(name);
  const amount = z.number().nonnegative();
  const whole = z.number().int().positive();

  const facts = {
    id: name,
    aliases: names.optional(),
    label: label.optional(),
    vendor: label.optional(),
    created: whole.optional(),
    contextTokens: whole.optional(),
    rates: z
      .strictObject({ input: amount, output: amount, evidence: z.string().min(1).default("Given in the options.") })
      .optional(),
    hello: z.strictObject({ input: amount, output: amount }).optional(),
  };
  const capabilities = z
    .strictObject({
      tools: z.boolean().default(true),
      streaming: z.boolean().default(true),
      systemRole: z.boolean().default(true),
      responseFormat: z.boolean().default(true),
      reasoning: z.boolean().default(false),
      thinkMarks: z.enum(["none", "start", "end"]).optional(),
      outputLimitName: z.enum(["max_tokens", "max_completion_tokens"]).default("max_tokens"),
      prefill: z.strictObject({ evidence: z.string().min(1) }).optional(),
      extraFields: z.enum(["sent", "dropped"]).default("sent"),
    })
    .transform(({ thinkMarks, ...others }) => ({
      ...others,
      thinkMarks: thinkMarks ?? (others.reasoning ? ("start" as const) : ("none" as const)),
    }));
  const embedding = z.strictObject({
    input: z.enum(["strings", "string"]).default("strings"),
    maxCharacters: whole.optional(),
    maxItemCharacters: whole.optional(),
    dimensions: whole.optional(),
    base64: z.boolean().default(false),
    tokens: z.literal("cl100k_base").optional(),
    parameters: names.default(["encoding_format", "dimensions"]),
  });
  const image = z.strictObject({
    sizeParameter: z.enum(["size", "image_size", "aspect_ratio", "none"]).default("size"),
    defaultSize: name.optional(),
    sizes: names.optional(),
    sidePixels: z.strictObject({ min: whole, max: whole, multipleOf: whole }).optional(),
    seed: z.strictObject({ least: z.int(), most: z.int().optional() }).optional(),
    countParameter: z.enum(["n", "num_images"]).default("n"),
    maxCount: whole.default(1),
    referenceImage: z.enum(["none", "required"]).default("none"),
    maxPromptCharacters: whole.default(4000),
    parameters: names.default([]),
    values: z.record(name, names).optional(),
    strictRoot: z.boolean().optional(),
  });

  return z.discriminatedUnion("modality", [
    z.strictObject({
      ...facts,
      modality: z.literal("chat"),
      dialect: z.enum(["openai", "together", "minimax", "gemini", "claude"]).default("openai"),
      capabilities: capabilities.prefault({}),
    }),
    z.strictObject({ ...facts, modality: z.literal("embedding"), embedding: embedding.prefault({}) }),
    z.strictObject({ ...facts, modality: z.literal("image"), image: image.prefault({}) }),
  ]);
}
