import { InvalidOptionsError } from "../errors/setup-errors.js";

/** The proxies that the environment names, as undici reads it: the lower case first, and plain HTTP's where HTTPS has none. */
export interface ProxyVariables {
  /** Empty where there is none. */
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /** The variable that requests to an address of this kind go by. */
  nameFor(protocol: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Go and browsers never send these to a proxy either; curl and undici alone do, unless NO_PROXY names them. */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host is this machine's own, which no proxy reaches. */
export function isLoopback({ hostname }: Pick<URL, "hostname">): boolean {
  return LOOPBACK.test(hostname);
}

/** `undefined` where the environment names no proxy. */
export function readProxyVariables(environment: Environment): ProxyVariables | undefined {
  const http = choose(environment, "http_proxy");
  const https = choose(environment, "https_proxy") ?? http;
  if (http === undefined && https === undefined) return undefined;
  return {
    httpProxy: http === undefined ? "" : readProxy(http),
    httpsProxy: https === undefined ? "" : readProxy(https),
    nameFor: (protocol) => (protocol === "https:" ? https : http)?.name ?? "HTTP_PROXY",
  };
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

function choose(environment: Environment, lower: string): Variable | undefined {
  const name = environment[lower] === undefined ? lower.toUpperCase() : lower;
  const value = environment[name]?.trim() ?? "";
  return value === "" ? undefined : { name, value };
}

/** @throws InvalidOptionsError without the value, which may hold a password */
function readProxy({ name, value }: Variable): string {
  // Without a scheme, as curl takes it.
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(address)) {
    throw new InvalidOptionsError(
      `The environment variable ${name} must be a proxy's address, like http://proxy:3128.`,
    );
  }
  const { protocol, username, password, host } = new URL(address);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new InvalidOptionsError(
      `The environment variable ${name} names a proxy by ${protocol}// and must name one by http:// or https://.`,
    );
  }
  // undici refuses one with a path (7.30), which says nothing of a proxy.
  return `${protocol}//${username === "" ? "" : `${username}:${password}@`}${host}`;
}
