import { type Schema, type SchemaDraft, Validator } from "@cfworker/json-schema";

/**
 * Whether the text is valid JSON that matches the JSON schema. A schema that can't be read counts as none: the caller's own, it has gone to
 * the model unread as well. Not ajv: it makes code of a schema, which edges forbid.
 */
export function matchesSchema(text: string, schema: unknown): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof schema === "boolean") return schema;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return true;
  try {
    // A copy: the validator writes into the schema.
    const copy = JSON.parse(JSON.stringify(schema)) as Schema;
    return new Validator(copy, draftOf(copy)).validate(value).valid;
  } catch {
    // A reference to nowhere, a broken pattern, or deeper than the stack.
    return true;
  }
}

function draftOf({ $schema }: Schema): SchemaDraft {
  const named = /draft-0?([467])|draft\/(2019-09)/.exec(String($schema ?? ""));
  if (named?.[2] !== undefined) return "2019-09";
  if (named?.[1] === "4") return "4";
  return named === null ? "2020-12" : "7";
}
