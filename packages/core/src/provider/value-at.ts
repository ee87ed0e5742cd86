/** Field names from the root of an answer. */
export type FieldPath = readonly string[];

/** What stands at a path of field names; `undefined` where nothing does. */
export function valueAt(root: unknown, path: FieldPath): unknown {
  let value = root;
  for (const name of path) value = memberOf(value, name);
  return value;
}

/** A field of an object; `undefined` where it has none of its own. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
