import { fetchJson, type JsonRequest } from "../transport/fetch-json.js";
import type { Model } from "./model.js";
import { pricedNames } from "./priced-names.js";
import { readModelList } from "./read-model-list.js";

/** What a list is asked for with. */
export interface ModelListRequest extends JsonRequest {
  /** Places of an entry that have a price. @default none */
  readonly prices?: readonly string[] | undefined;
}

/** What a provider lists. */
export interface ModelList {
  /** Those that cost nothing, as far as the list says. */
  readonly models: readonly Model[];
  /** Names of those that cost money, in lower case. */
  readonly priced: readonly string[];
}

/** Fetches a provider's list of models. Rejects with an `Error` whose message says why there is none, and holds no key. */
export async function fetchModelList(
  { prices = [], ...request }: ModelListRequest,
  closed: AbortSignal,
  patienceMs: number,
): Promise<ModelList> {
  const body = await fetchJson(request, closed, patienceMs);
  const listed = readModelList(body) ?? [];
  const priced = new Set(pricedNames(body, prices));
  if (listed.length === 0) throw new Error("the answer lists no models");
  return { models: listed.filter(({ id }) => !priced.has(id.toLowerCase())), priced: [...priced] };
}
