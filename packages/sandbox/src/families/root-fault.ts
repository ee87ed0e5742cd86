import type { JsonSchema } from "../chat/chat-request.js";

const combinators = ["oneOf", "anyOf", "allOf", "enum", "not"];

/** What OpenAI does not take at the root of a function's parameters, in its words; below the root all of it may stand. */
export function rootFault(schema: JsonSchema): string | undefined {
  if (schema.type !== "object") {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${schema.type ?? "None"}"'.`;
  }
  if (combinators.some((key) => key in schema)) {
    return "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.";
  }
  return "properties" in schema ? undefined : "In context=(), object schema missing properties.";
}
