import type { JsonSchema } from "../chat/chat-request.js";

const mostHops = 20;

/**
 * One plain schema of a given one: local references followed, `allOf` joined, the first alternative that is not null taken
 * (the null one where the end is near), each joined with what stands beside it.
 */
export function resolveSchema(given: unknown, root: JsonSchema, endNear: boolean): JsonSchema {
  let current = asSchema(given);
  for (let hops = 0; hops < mostHops; hops += 1) {
    const { $ref, anyOf, oneOf, allOf, ...beside } = current;
    const alternatives = anyOf ?? oneOf;
    if (typeof $ref === "string") current = join(omit(current, "$ref"), lookUp($ref, root));
    else if (Array.isArray(allOf)) {
      current = allOf.reduce((all, part) => join(all, resolveSchema(part, root, endNear)), omit(current, "allOf"));
    } else if (Array.isArray(alternatives)) current = join(beside, choose(alternatives, endNear));
    else break;
  }
  return current;
}

/** `true`, `false` and nothing are schemas as well; they say nothing of a value. */
function asSchema(given: unknown): JsonSchema {
  return typeof given === "object" && given !== null ? (given as JsonSchema) : {};
}

function omit(schema: JsonSchema, key: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));
}

function choose(alternatives: readonly unknown[], endNear: boolean): JsonSchema {
  const schemas = alternatives.map(asSchema);
  const isNull = (schema: JsonSchema) => schema.type === "null";
  return (endNear ? schemas.find(isNull) : undefined) ?? schemas.find((schema) => !isNull(schema)) ?? { type: "null" };
}

function join(one: JsonSchema, other: JsonSchema): JsonSchema {
  const joined: JsonSchema = { ...one, ...other };
  if (one.properties && other.properties) joined.properties = { ...one.properties, ...other.properties };
  if (Array.isArray(one.required) && Array.isArray(other.required))
    joined.required = [...one.required, ...other.required];
  return joined;
}

function lookUp(reference: string, root: JsonSchema): JsonSchema {
  let found: unknown = root;
  for (const step of reference.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    found = asSchema(found)[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return asSchema(found);
}

/** The kind of a schema, also where only its other words say it. */
export function typeOf(schema: JsonSchema): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return type.find((option) => option !== "null") ?? "null";
  if (type !== undefined) return type;
  if (schema.properties || schema.required || schema.additionalProperties) return "object";
  if (schema.items || schema.prefixItems) return "array";
  return typeof schema.minimum === "number" || typeof schema.maximum === "number" ? "number" : "string";
}
