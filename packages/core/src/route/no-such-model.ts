import { FatalLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import { UpstreamError } from "../errors/upstream-errors.js";
import type { Pool } from "./pool.js";

/** A list of models that can't be read is requested again after this pause. */
const LIST_PAUSE_MS = 60_000;

/** The message names at most this many routes. */
const MOST_ROUTES = 8;

/** The error for a name that no provider has, with similar names or the way names are written. */
export function noSuchModel({ all, routes }: Pool, name: string): FatalLimitError {
  const near = all.flatMap(({ options: { catalog, provider } }) => {
    const found = catalog.find(name);
    return found.kind === "unknown" ? found.suggestions.slice(0, 1).map((id) => `${provider.id}/${id}`) : [];
  });
  const ids = all.map(({ options }) => options.provider.id).join(", ");
  const named = [...routes.named.keys()].slice(0, MOST_ROUTES);
  const hint =
    near.length > 0
      ? `Did you mean ${near.slice(0, 3).join(" or ")}?`
      : `Names are provider/model, with a provider of ${ids}; ${[...named, "auto"].join(", ")} and auto:tools pick one.`;
  return new FatalLimitError("model_not_on_tier", `No provider of this engine has a model ${quote(name)}. ${hint}`, {
    param: "model",
  });
}

/** The error for a name without a target as long as lists can't be read. Retryable: the next attempt may read them. */
export function listsMissing(unlisted: readonly Pool["all"][number][], name: string): UpstreamError {
  const whose = unlisted.map(({ options }) => options.provider.title).join(" and ");
  return new UpstreamError(
    "unavailable",
    `There is no model for ${quote(name)} as long as the list of models of ${whose} can't be read.`,
    { retryAfterMs: LIST_PAUSE_MS },
  );
}
