import type { StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import { createContentParser, createFunctionCallingParser } from "@langchain/core/language_models/structured_output";
import { JsonOutputKeyToolsParser } from "@langchain/core/output_parsers/openai_tools";
import type { Runnable } from "@langchain/core/runnables";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { isSerializableSchema, type SerializableSchema } from "@langchain/core/utils/standard_schema";
import { type InteropZodType, isInteropZodSchema } from "@langchain/core/utils/types";
import { InvalidOptionsError } from "@laplas/core";
import type { ChatLaplasCallOptions } from "./chat-fields.js";

/**
 * A zod schema, a standard schema, a JSON schema, or a function in OpenAI's shape. A schema may read another type than it
 * gives, by a transform or a coercion.
 */
export type OutputSchema<Output extends object> =
  | InteropZodType<Output, unknown>
  | ZodV3Schema<Output>
  | SerializableSchema<unknown, Output>
  | Record<string, unknown>;

/** Core's type of a zod 3 schema fits none in programs checked with exactOptionalPropertyTypes (1.4.0). */
interface ZodV3Schema<Output> {
  readonly _type: Output;
  readonly _def: object;
  parse(data: unknown): Output;
}

/** How an answer of a given shape is asked for and read. */
export interface StructuredOutputPlan<Output extends object> {
  readonly callOptions: Partial<ChatLaplasCallOptions>;
  /** Whether the answer is the message's text, and not a tool call. */
  readonly isText: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: core's parsers take whatever a model answers
  readonly parser: Runnable<any, Output>;
}

/** @throws InvalidOptionsError on a method that nobody knows */
export function planStructuredOutput<Output extends object>(
  given: OutputSchema<Output>,
  { name, method = "functionCalling", strict }: StructuredOutputMethodOptions<boolean> = {},
): StructuredOutputPlan<Output> {
  // Core types its parsers for schemas whose input and output are the same; at run time they take any.
  const schema = given as InteropZodType<Output> | SerializableSchema<Output> | Record<string, unknown>;
  const shape = describe(schema, name);
  // LangSmith reads the method under exactly these names.
  const traced = { ls_structured_output_format: { kwargs: { method }, schema: shape.parameters } };
  switch (method) {
    case "functionCalling":
      return {
        callOptions: {
          tools: [{ type: "function", function: shape }],
          tool_choice: shape.name,
          ...(strict === undefined ? {} : { strict }),
          ...traced,
        },
        isText: false,
        parser: createFunctionCallingParser(schema, shape.name, GrowingObject<Output>),
      };
    case "jsonMode":
      return {
        callOptions: { response_format: { type: "json_object" }, ...traced },
        isText: true,
        parser: createContentParser(schema),
      };
    case "jsonSchema":
      return {
        callOptions: {
          response_format: {
            type: "json_schema",
            json_schema: {
              name: shape.name,
              ...(shape.description === undefined ? {} : { description: shape.description }),
              schema: shape.parameters,
              ...(strict === undefined ? {} : { strict }),
            },
          },
          ...traced,
        },
        isText: true,
        parser: createContentParser(schema),
      };
    default:
      throw new InvalidOptionsError(
        `Option "method" of withStructuredOutput is "${method}", but must be functionCalling, jsonMode or jsonSchema.`,
      );
  }
}

/** Core adds up what its parser yields (1.2.8 to 1.4.0), though each object holds the one before: "AAdAda" at the end of a run. */
class GrowingObject<Output extends object> extends JsonOutputKeyToolsParser<Output> {
  override _concatOutputChunks<Piece>(_first: Piece, second: Piece): Piece {
    return second;
  }
}

interface Shape {
  readonly name: string;
  readonly description?: string;
  readonly parameters: Record<string, unknown>;
}

function describe<Output extends object>(schema: OutputSchema<Output>, name: string | undefined): Shape {
  if (isInteropZodSchema(schema) || isSerializableSchema(schema)) {
    const parameters = toJsonSchema(schema) as Record<string, unknown>;
    return { name: name ?? "extract", ...described(parameters), parameters };
  }
  const own = schema as Record<string, unknown>;
  if (typeof own.name === "string" && typeof own.parameters === "object" && own.parameters !== null) {
    return { name: own.name, ...described(own), parameters: own.parameters as Record<string, unknown> };
  }
  const title = typeof own.title === "string" ? own.title.replace(/[^\w-]+/g, "_") : undefined;
  return { name: name ?? title ?? "extract", ...described(own), parameters: own };
}

function described({ description }: Record<string, unknown>): { description?: string } {
  return typeof description === "string" && description !== "" ? { description } : {};
}
