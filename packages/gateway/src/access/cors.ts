import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

const REPORT = ["api-tokens", "adjusted", "waited-ms", "remaining", "resets-at", "truncated-by-tier", "code", "rule"];
const LIMITS = [
  "limit-requests",
  "remaining-requests",
  "reset-requests",
  "limit-tokens",
  "remaining-tokens",
  "reset-tokens",
];

/** Without these headers a browser lets no page read an answer; preflights of the listed pages are answered as well. */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: [...origins],
    // Named one by one: a `*` does not count for requests with a token.
    exposeHeaders: [
      "x-request-id",
      "retry-after",
      "x-should-retry",
      ...REPORT.map((name) => `x-laplas-${name}`),
      ...LIMITS.map((name) => `x-ratelimit-${name}`),
    ],
    maxAge: 600,
  });
}
