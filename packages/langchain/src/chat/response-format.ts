import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { isSerializableSchema } from "@langchain/core/utils/standard_schema";
import { isInteropZodSchema } from "@langchain/core/utils/types";

/** OpenAI's `response_format`, with a zod or standard schema inside converted to JSON schema. */
export function toResponseFormat(format: unknown): unknown {
  const { json_schema: named } = (format ?? {}) as { json_schema?: { schema?: unknown } };
  const schema = named?.schema;
  if (!isInteropZodSchema(schema) && !isSerializableSchema(schema)) return format;
  return { ...(format as object), json_schema: { ...named, schema: toJsonSchema(schema) } };
}
