import { Hono } from "hono";
import { cors } from "hono/cors";

const REPORT = [
  "api-tokens",
  "parts",
  "ended",
  "adjusted",
  "waited-ms",
  "remaining",
  "resets-at",
  "truncated-by-tier",
  "usage",
  "code",
  "rule",
];
const LIMITS = [
  "limit-requests",
  "remaining-requests",
  "reset-requests",
  "limit-tokens",
  "remaining-tokens",
  "reset-tokens",
];

/**
 * Lets the pages of listed origins read answers, also those of a request that did not get in, and answers their preflights.
 * Without these headers a browser lets no page read anything.
 */
export function behindCors<Rest extends readonly unknown[]>(
  origins: readonly string[],
  answer: (request: Request, ...rest: Rest) => Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const allow = cors({
    origin: [...origins],
    // Named one by one: a `*` does not count for requests with a token.
    exposeHeaders: [
      "x-request-id",
      "request-id",
      "retry-after",
      "x-should-retry",
      ...REPORT.map((name) => `x-laplas-${name}`),
      ...LIMITS.map((name) => `x-ratelimit-${name}`),
      ...LIMITS.map((name) => `anthropic-ratelimit-${name.split("-").reverse().join("-")}`),
    ],
    maxAge: 600,
  });
  return async (request, ...rest) => {
    if (!origins.includes(request.headers.get("origin") ?? "")) return answer(request, ...rest);
    const app = new Hono();
    app.use(allow);
    app.all("*", () => answer(request, ...rest));
    return app.fetch(request);
  };
}
