import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { JsonObject } from "../request/wire-types.js";
import { isObject } from "./field-values.js";

/** The name of the one argument that holds an answer whose schema is no object's: a tool's arguments are always one. */
export const WRAPPER = "answer";

/** Keys below which stand schemas by their names, whatever these are. */
const NAMED: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
]);
/** Keys below which stands data. */
const DATA: ReadonlySet<string> = new Set(["const", "enum", "default", "examples"]);

/**
 * A schema as the one argument of a tool. Its definitions stay at the root; what else points into it points to where it is now.
 *
 * @throws FatalUpstreamError `invalid_request` for one that nests too deep
 */
export function wrapSchema(schema: JsonObject): JsonObject {
  const { $defs, definitions, ...moved } = moveRefs(schema);
  return {
    type: "object",
    properties: { [WRAPPER]: moved },
    required: [WRAPPER],
    ...($defs === undefined ? {} : { $defs }),
    ...(definitions === undefined ? {} : { definitions }),
  };
}

function moveRefs(schema: JsonObject): JsonObject {
  try {
    return withMovedRefs(schema) as JsonObject;
  } catch {
    const param = "response_format.json_schema.schema";
    throw new FatalUpstreamError("invalid_request", `"${param}" nests too deep.`, { param });
  }
}

function withMovedRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMovedRefs);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    if (key === "$ref" && typeof inner === "string") return [key, movedRef(inner)];
    if (DATA.has(key)) return [key, inner];
    if (!NAMED.has(key) || !isObject(inner)) return [key, withMovedRefs(inner)];
    return [key, Object.fromEntries(Object.entries(inner).map(([name, each]) => [name, withMovedRefs(each)]))];
  });
  return Object.fromEntries(entries);
}

function movedRef(ref: string): string {
  if (ref !== "#" && !ref.startsWith("#/")) return ref;
  return /^#\/(?:\$defs|definitions)(?:\/|$)/.test(ref) ? ref : `#/properties/${WRAPPER}${ref.slice(1)}`;
}

/** The answer in a tool's arguments. One that was cut is as much of it as came. */
export function unwrap(json: string, wrapper: string): string {
  try {
    const value: unknown = (JSON.parse(json) as Record<string, unknown>)[wrapper];
    return JSON.stringify(value) ?? json;
  } catch {
    return unwrapCut(json, wrapper);
  }
}

/** Where the value stands first, as the schema says: any other arguments are not wrapped, and stay as they are. */
function unwrapCut(json: string, wrapper: string): string {
  const head = `{${JSON.stringify(wrapper)}:`;
  let at = 0;
  for (let matched = 0; matched < head.length; at += 1) {
    // Nothing of the value has come.
    if (at === json.length) return "";
    if (json[at] === head[matched]) matched += 1;
    else if (!isBlank(json[at])) return json;
  }
  const value = json.slice(at).trimStart();
  return value.slice(0, endOfValue(value));
}

/** Where a JSON value ends at whose beginning a text stands; the text's end where it does not. */
function endOfValue(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\],]/gs)) {
    if (token === "{" || token === "[") depth += 1;
    else if (depth === 0 && (token === "}" || token === ",")) return text.slice(0, index).trimEnd().length;
    else if (token === "}" || token === "]") depth -= 1;
  }
  return text.length;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\n" || character === "\t" || character === "\r";
}
