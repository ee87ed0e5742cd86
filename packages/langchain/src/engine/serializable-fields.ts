import type { ChatLaplasFields } from "./chat-fields.js";

/** Fields from which LangChain's `load` can make the model again. Callbacks, caches and clients can't be written down. */
const WRITTEN = [
  "model",
  "temperature",
  "topP",
  "maxTokens",
  "stop",
  "stopSequences",
  "streaming",
  "streamUsage",
  "timeout",
  "maxRetries",
  "modelKwargs",
  "baseURL",
  "onExcess",
  "reserve",
  "patienceMs",
  "unknownModels",
  "disableStreaming",
  "outputVersion",
] as const satisfies readonly (keyof ChatLaplasFields)[];

/** What LangChain calls `lc_kwargs`: it is serialised, and printed with the object, so the key is a placeholder. */
export function serializableFields(fields: ChatLaplasFields): Record<string, unknown> {
  const kwargs: Record<string, unknown> = {};
  for (const name of WRITTEN) if (fields[name] !== undefined) kwargs[name] = fields[name];
  if (fields.tier !== undefined) kwargs.tier = fields.tier;
  // An address such as redis://user:password@host is a secret too.
  if (typeof fields.ledger === "string" && !/:\/\/[^/]*@/.test(fields.ledger)) kwargs.ledger = fields.ledger;
  // LangChain writes `{ type: "secret" }` in its place; `load` puts in the real one.
  if (fields.engine === undefined) kwargs.apiKey = "***";
  return kwargs;
}
