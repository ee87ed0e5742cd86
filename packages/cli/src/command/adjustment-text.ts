import type { Adjustment } from "@laplas/core";
import { safeLine } from "../terminal/safe-text.js";

/**
 * What the engine changes in a request, for a person: `max_tokens=512 (output_tokens)`, `max_tokens=512 in each request (output_tokens)`,
 * `3 calls, one after another (image_count)`.
 */
export function adjustmentText({ field, to, rule }: Adjustment): string {
  const [, count] = /=(\d+)_requests$/.exec(to) ?? [];
  const text =
    count === undefined
      ? safeLine(to).replace(/_per_request$/, " in each request")
      : `${count} calls, one after another`;
  if (field === "seed") return `${text}, the least that this model takes`;
  // A model's own request shape is no rule that could be looked up.
  return rule === "dialect" ? text : `${text} (${rule})`;
}
