import { isIP } from "node:net";
import { hostname } from "node:os";

/** What is wrong with where a request comes from, or goes to; `undefined` if nothing is. */
export type HostGuard = (method: string, headers: Headers) => "host" | "origin" | undefined;

/**
 * Browsers send what any page tells them to, so a gateway on loopback is within reach of every page that is open. A page
 * that only calls is known by its `Origin`. One whose own name was made to point here (DNS rebinding) is known by `Host`: the
 * name is its own, which is why an address is let pass and a strange name is not. `Sec-Fetch-Site`, which no page can set, covers
 * browsers and extensions that leave `Origin` out of what changes something.
 */
export function createHostGuard(options: {
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly publicURL: string | undefined;
}): HostGuard {
  const { publicURL } = options;
  const hosts = new Set(["localhost", hostname().toLowerCase(), ...options.allowedHosts]);
  const origins = new Set(options.allowedOrigins);
  if (publicURL !== undefined) {
    hosts.add(new URL(publicURL).hostname);
    origins.add(new URL(publicURL).origin);
  }
  return (method, headers) => {
    const host = headers.get("host");
    // Browsers always name one, so a client that does not is no browser.
    if (host === null) return headers.has("origin") ? "origin" : undefined;
    const name = nameOf(host);
    if (!hosts.has(name) && isIP(name) === 0 && !name.endsWith(".localhost")) return "host";
    const origin = headers.get("origin");
    if (origin === null) return SAFE_METHODS.test(method) || !isForeign(headers) ? undefined : "origin";
    // Same host and port: the gateway's own page, whichever scheme a proxy before it speaks.
    if (origins.has(origin) || /^https?:\/\/(.+)$/.exec(origin)?.[1] === host) return undefined;
    return "origin";
  };
}

const SAFE_METHODS = /^(GET|HEAD|OPTIONS)$/;

/** Another port of this machine is the same site, and still another program. */
function isForeign(headers: Headers): boolean {
  return /^(cross-site|same-site)$/i.test(headers.get("sec-fetch-site") ?? "");
}

/** The host's name without port and brackets. */
function nameOf(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(host.toLowerCase()) ?? [];
  return bracketed ?? plain ?? "";
}
