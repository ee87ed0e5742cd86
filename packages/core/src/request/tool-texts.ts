import type { JsonObject } from "./wire-types.js";

/** No schema that a model takes nests deeper. */
const DEEPEST = 32;
/** OpenAI leaves out descriptions of what lies deeper in a tool's arguments. */
const DESCRIBED = 1;

/**
 * Texts that a model surely reads of the tools and of the schema that a chat offers: names, descriptions, choices. Servers write the JSON
 * around them in their own way, often shorter.
 */
export function* offeredTexts({ tools, functions, response_format: format, ...body }: JsonObject): Generator<string> {
  const named = new Set<unknown>();
  for (const tool of [...listed(tools, body.tool_choice), ...listed(functions, body.function_call)]) {
    const offered = fieldsOf(fieldsOf(tool).function ?? tool);
    // The same one twice is sent once.
    if (named.has(offered.name)) continue;
    named.add(offered.name);
    yield* texts(offered.name, offered.description);
    yield* schemaTexts(offered.parameters ?? offered.input_schema, new Set());
  }
  // Of a model whose answer's form is a tool of ours, one that is chosen by name takes its place.
  if (typeof body.tool_choice === "object" && body.tool_choice !== null) return;
  const { description, schema } = fieldsOf(fieldsOf(format).json_schema);
  yield* texts(description);
  yield* schemaTexts(schema, new Set());
}

/** Tools that must not be called need not be sent. */
function listed(tools: unknown, choice: unknown): readonly unknown[] {
  return Array.isArray(tools) && choice !== "none" ? tools : [];
}

/** @param seen schemas before this one: what holds itself has no end, and what is there twice counts once */
function* schemaTexts(value: unknown, seen: Set<object>, depth = 0): Generator<string> {
  if (typeof value !== "object" || value === null || depth > DEEPEST || seen.has(value)) return;
  seen.add(value);
  const { description, properties, items, enum: choices, anyOf, oneOf, allOf } = fieldsOf(value);
  if (depth <= DESCRIBED) yield* texts(description);
  if (Array.isArray(choices)) yield* texts(...choices);
  for (const [name, property] of Object.entries(fieldsOf(properties))) {
    yield name;
    yield* schemaTexts(property, seen, depth + 1);
  }
  for (const inner of [items, anyOf, oneOf, allOf].flat()) yield* schemaTexts(inner, seen, depth + 1);
}

function* texts(...values: readonly unknown[]): Generator<string> {
  for (const value of values) if (typeof value === "string") yield value;
}

function fieldsOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
