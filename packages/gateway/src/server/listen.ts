import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { InvalidOptionsError } from "@laplas/core";
import { refuse } from "../access/refusals.js";
import type { Gateway } from "../create-gateway.js";
import { cutQuietConnections } from "./cut-quiet-connections.js";

/** Options of {@link listen}. */
export interface ListenOptions {
  /** Anything but loopback needs a gateway with clients. @default "127.0.0.1" */
  readonly host?: string | undefined;
  /** 0 takes a free one. @default 4114 */
  readonly port?: number | undefined;
  /** How long a client may take over a request's head, in milliseconds. @default 10_000 */
  readonly headersTimeoutMs?: number | undefined;
  /** How long it may take over the whole request. @default 60_000 */
  readonly requestTimeoutMs?: number | undefined;
  /** How long a connection may lie idle between two requests. @default 65_000, more than a load balancer's minute */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** Silence on a connection after which a request is given up, queued or streaming. @default 900_000 */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * Puts light stand-ins for `Request` and `Response` in place of the global ones, which saves a third of the cost of a call.
   * For programs that do nothing else, like `laplas serve`. @default false
   */
  readonly replaceGlobals?: boolean | undefined;
}

/** A gateway on a socket. */
export interface GatewayServer {
  /** `http://host:port`. */
  readonly url: string;
  /** What clients take as their base URL: `url` and `/v1`. */
  readonly baseURL: string;
  /** Requests that are not answered yet. */
  readonly running: number;
  /**
   * Takes no new requests, lets those under way finish, and cuts what has not finished after `graceMs`.
   *
   * @returns how many were cut
   */
  close(graceMs?: number): Promise<number>;
}

/** Timers count no further, and fire at once beyond. */
const LONGEST_TIMER_MS = 2_147_483_647;
/** How often Node looks for connections whose time is over. */
const CHECK_MS = 1_000;

/**
 * Puts a gateway on a socket.
 *
 * @throws InvalidOptionsError for an open address without clients; Error with `code` EADDRINUSE and the like
 */
export async function listen(gateway: Gateway, options: ListenOptions = {}): Promise<GatewayServer> {
  const { host = "127.0.0.1", port = 4114, replaceGlobals = false } = options;
  if (!isLoopback(host) && !gateway.hasClients) {
    throw new InvalidOptionsError(
      `Option "host" is "${host}": anyone who can reach that address could use the account, so it needs clients with tokens. Set option "clients" (LAPLAS_GATEWAY_TOKEN for one), or listen on 127.0.0.1.`,
    );
  }
  const handle = getRequestListener((request, env) => gateway.fetch(request, { remoteAddress: addressOf(env) }), {
    overrideGlobalObjects: replaceGlobals,
    // A client of HTTP/1.0 need not name one.
    hostname: "localhost",
    errorHandler: () => refuse("target"),
  });
  const headersTimeout = options.headersTimeoutMs ?? 10_000;
  const keepAliveTimeout = options.keepAliveTimeoutMs ?? 65_000;
  let running = 0;
  let notify = (): void => {};
  const server = createServer(
    {
      headersTimeout,
      requestTimeout: options.requestTimeoutMs ?? 60_000,
      keepAliveTimeout,
      connectionsCheckingInterval: CHECK_MS,
    },
    (incoming, outgoing) => {
      running += 1;
      outgoing.once("close", () => {
        running -= 1;
        if (running === 0) notify();
      });
      void handle(incoming, outgoing);
    },
  );
  // After Node, which tells those that have begun a request why: 408.
  const firstMs = headersTimeout + 2 * CHECK_MS;
  cutQuietConnections(server, { firstMs, nextMs: keepAliveTimeout + firstMs, checkMs: CHECK_MS });
  server.setTimeout(options.idleTimeoutMs ?? 900_000);
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  const url = `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;

  return {
    url,
    baseURL: `${url}/v1`,
    get running() {
      return running;
    },
    async close(graceMs = 30_000) {
      gateway.stop();
      const closed = once(server, "close");
      server.close();
      let timer: ReturnType<typeof setTimeout> | undefined;
      if (running > 0) {
        await new Promise<void>((resolve) => {
          notify = resolve;
          timer = setTimeout(resolve, Math.min(graceMs, LONGEST_TIMER_MS));
        });
      }
      clearTimeout(timer);
      const cut = running;
      server.closeAllConnections();
      await closed;
      return cut;
    },
  };
}

/** HTTP/2, which is not spoken here, is in the type of what comes. */
function addressOf({
  incoming,
}: {
  incoming: { socket?: { remoteAddress?: string | undefined } };
}): string | undefined {
  return incoming.socket?.remoteAddress;
}

/** Names that some other program could make mean another address are not trusted, but for the one that all systems keep. */
export function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}
