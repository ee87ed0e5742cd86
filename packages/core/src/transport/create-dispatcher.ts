import type { Socket } from "node:net";
import type { Agent, buildConnector, Dispatcher } from "undici";
import { isLoopback, type ProxyVariables, readProxyVariables } from "./proxy-variables.js";

type Undici = typeof import("undici");
type Connector = buildConnector.connector;

/** The way of a request to its server. */
export interface Way {
  readonly dispatcher: Dispatcher;
  /** The variable that names the proxy for such an address. `NO_PROXY` may still say that it goes straight. */
  readonly proxyVariable?: string;
}

/** Connections to servers, kept alive: straight, or through the proxies that the environment names. */
export interface Dispatchers {
  /** @throws InvalidOptionsError where the environment names as a proxy what is none */
  wayTo(address: URL): Way;
  close(): Promise<void>;
}

/** @param sockets holds every open one */
export function createDispatchers(undici: Undici, sockets: Set<Socket>): Dispatchers {
  const connect = undici.buildConnector({ timeout: 10_000 });
  const straight = new undici.Agent({ connect: keepSockets(connect, sockets) });
  /** Read with the first request that may need it: an engine on this machine's own addresses does without. */
  let variables: ProxyVariables | "none" | undefined;
  let proxied: Dispatcher | undefined;
  return {
    wayTo(address) {
      if (isLoopback(address)) return { dispatcher: straight };
      variables ??= readProxyVariables(process.env) ?? "none";
      if (variables === "none") return { dispatcher: straight };
      proxied ??= createProxied(undici, connect, variables, sockets);
      return { dispatcher: proxied, proxyVariable: variables.nameFor(address.protocol) };
    },
    async close() {
      await Promise.all([straight.destroy(), proxied?.destroy()]);
    },
  };
}

function createProxied(
  undici: Undici,
  connect: Connector,
  { httpProxy, httpsProxy }: ProxyVariables,
  sockets: Set<Socket>,
): Dispatcher {
  return new undici.EnvHttpProxyAgent({
    httpProxy,
    httpsProxy,
    connect,
    // As curl does: many proxies open tunnels to port 443 alone.
    proxyTunnel: false,
    // Each connection that carries requests, whichever way it came to stand.
    factory: (origin: string | URL, options: Agent.Options) =>
      new undici.Pool(origin, { ...options, connect: keepSockets(options.connect as Connector, sockets) }),
  });
}

function keepSockets(connect: Connector, sockets: Set<Socket>): Connector {
  return (options, callback) => {
    connect(options, (...result) => {
      const socket = result[1];
      // Typed as null after a failure, absent in fact (undici 7.30).
      if (socket) {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
      }
      callback(...result);
    });
  };
}
