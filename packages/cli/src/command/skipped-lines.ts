import { whole } from "@laplas/gateway/bodies";
import { safeLine } from "../terminal/safe-text.js";

/** A text that is left out, and why. */
export interface Skipped {
  readonly id: string;
  readonly reason: string;
}

/** Texts that are named; there may be thousands. */
const MOST_NAMED = 5;

/** Names what is left out of a folder. */
export function skippedLines(skipped: readonly Skipped[]): string[] {
  const named = skipped
    .slice(0, MOST_NAMED)
    .map(({ id, reason }) => `  left out: ${safeLine(id)}: ${safeLine(reason)}`);
  const more = skipped.length - named.length;
  return more === 0 ? named : [...named, `  left out: ${whole(more)} more; --json has them all`];
}
