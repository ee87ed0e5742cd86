import { type EngineFields, PLAIN_SETTINGS } from "./engine-fields.js";

/**
 * Fields from which LangChain's `load` can make an object again: what LangChain calls `lc_kwargs`. It is serialised, and
 * printed with the object, so the key is a placeholder. Callbacks, caches and clients can't be written down.
 *
 * @param own names of the class's own fields that are plain values
 */
export function serializableFields<Fields extends EngineFields>(
  fields: Fields,
  own: readonly (keyof Fields & string)[],
): Record<string, unknown> {
  const kwargs: Record<string, unknown> = {};
  for (const name of [...own, ...PLAIN_SETTINGS]) if (fields[name] !== undefined) kwargs[name] = fields[name];
  // An address such as redis://user:password@host is a secret too.
  if (typeof fields.ledger === "string" && !/:\/\/[^/]*@/.test(fields.ledger)) kwargs.ledger = fields.ledger;
  // LangChain writes `{ type: "secret" }` in its place; `load` puts in the real one.
  if (fields.engine === undefined) kwargs.apiKey = "***";
  return kwargs;
}
