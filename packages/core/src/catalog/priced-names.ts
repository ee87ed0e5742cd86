import { valueAt } from "../provider/value-at.js";
import { entriesOf, namesOf } from "./read-model-list.js";

/**
 * The models of a provider's list that cost money, by all their names in lower case.
 *
 * @param places paths of field names in an entry. A price that can't be read is one: nothing is called that may cost money.
 */
export function pricedNames(body: unknown, places: readonly string[]): string[] {
  const paths = places.map((place) => place.split("."));
  return (entriesOf(body) ?? []).flatMap((entry) =>
    paths.some((path) => isPrice(valueAt(entry, path))) ? namesOf(entry).map((name) => name.toLowerCase()) : [],
  );
}

/** OpenRouter writes them as texts, and -1 for one that depends on where the request goes. */
function isPrice(value: unknown): boolean {
  return value !== undefined && value !== null && Number(value) !== 0;
}
