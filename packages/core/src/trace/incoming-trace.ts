import { activeContext, harmlessly, hasSpan, openTelemetry, runIn } from "./open-telemetry.js";

const GETTER = {
  keys: (headers: Headers): string[] => [...headers.keys()],
  get: (headers: Headers, key: string): string | undefined => headers.get(key) ?? undefined,
};

/**
 * Runs work in the trace that a request's headers name, as `traceparent` does. Where a span is active already, as with an instrumented
 * HTTP server, that one has read them; where the program has registered no propagator, nobody reads them.
 */
export function inIncomingTrace<T>(headers: Headers, work: () => T): T {
  const api = openTelemetry();
  if (api?.propagation === undefined) return work();
  const active = activeContext(api);
  if (hasSpan(active)) return work();
  const { propagation } = api;
  const incoming = harmlessly(() => propagation.extract(active, headers, GETTER));
  return incoming === undefined ? work() : runIn(api, incoming, work);
}
