import type { Laplas } from "@laplas/core";
import { routeNames } from "../provider-of.js";

/** What all models that no catalog knows are called together. */
export const OTHER = "other";

/**
 * The value of the label `model`: an id of the provider's catalog, the name of a route, or `other`. Clients name models, and a name that one
 * made up must not become a series. An alias counts as its model.
 */
export function createModelLabel(
  laplas: Pick<Laplas, "providers" | "provider" | "routes" | "findModel">,
): (provider: string, model: string) => string {
  const isPool = laplas.providers.length > 1;
  const routes = new Set(routeNames(laplas));
  return (provider, model) => {
    const found = laplas.findModel(isPool ? `${provider}/${model}` : model);
    if (found.kind === "model") return found.model.id;
    return routes.has(model) ? model : OTHER;
  };
}
