import type { JsonObject } from "../request/wire-types.js";

/** Finds what an answer says it cost. */
export type CostOf = (answer: Readonly<JsonObject>) => number | undefined;

/**
 * What several answers of the later generation cost, where `usage` does not say it. One answer's own `meta` would pass its
 * share for the whole, and whoever keeps an account behind this one would charge that.
 */
export function sumMeta(answers: readonly Readonly<JsonObject>[], costOf: CostOf): JsonObject {
  if (!answers.some(({ meta }) => typeof meta === "object" && meta !== null)) return {};
  const used = answers.reduce((sum, answer) => sum + (costOf(answer) ?? 0), 0);
  return { meta: { usage: { tokens_used: used } } };
}
