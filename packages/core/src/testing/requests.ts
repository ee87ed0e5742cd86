import type { Model } from "../catalog/model.js";
import { laplas } from "../providers/laplas/laplas.js";
import { createCatalog } from "../providers/laplas/laplas-catalog.js";
import { type Endpoint, type ReadRequest, readRequest } from "../request/read-request.js";
import type { JsonObject } from "../request/wire-types.js";
import type { DecisionContext } from "../tier/decision.js";

/** A chat body of one user message. */
export function chatBody(fields: JsonObject = {}): JsonObject {
  return { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }], ...fields };
}

/** A request as rules get it. */
export function read(endpoint: Endpoint, fields: JsonObject = {}): ReadRequest {
  const least: Record<Endpoint, JsonObject> = {
    chat: chatBody(),
    embedding: { model: "text-embedding-3-small", input: "Hello" },
    image: { model: "flux/schnell", prompt: "A boat" },
  };
  return readRequest(endpoint, { ...least[endpoint], ...fields });
}

const { unknownRates } = laplas;

/** What `decide` depends on, for a request. */
export function context(request: ReadRequest, more: Partial<DecisionContext> = {}): DecisionContext {
  return { request, model: modelOf(request.model), onExcess: "adjust", refusedForCost: false, unknownRates, ...more };
}

/** A built-in model; `undefined` for a name the catalog does not know. */
export function modelOf(name: string): Model | undefined {
  const found = createCatalog().find(name);
  return found.kind === "model" ? found.model : undefined;
}
