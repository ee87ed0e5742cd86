import { holdsKey } from "../errors/hide-key.js";
import type { UpstreamResponse } from "../transport/transport.js";

/** The upstream's id of a request, which goes into reports, headers and logs as it is: so it must not be, or hold, the key. */
export function requestIdOf({ header }: Pick<UpstreamResponse, "header">, apiKey: string): string | undefined {
  const id = header("x-request-id");
  return id === undefined || holdsKey(id, apiKey) ? undefined : id;
}
