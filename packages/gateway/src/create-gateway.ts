import { refusalResponse, toErrorResponse } from "@laplas/core";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { createClientFinder } from "./access/clients.js";
import { createHostGuard } from "./access/host-guard.js";
import { type GatewayOptions, resolveGatewayOptions } from "./gateway-options.js";
import { createRequestLog, type RequestScope } from "./log/request-log.js";
import { createPictureStore } from "./pictures/picture-store.js";
import { answerCheck } from "./routes/answer-check.js";
import { answerImage } from "./routes/answer-image.js";
import { answerPicture } from "./routes/answer-picture.js";
import { quotaBody } from "./routes/quota-body.js";

/** An OpenAI-compatible server without a socket: a handler for any server that speaks web-standard requests. */
export interface Gateway {
  /** Answers a request; never rejects. */
  fetch(request: Request): Promise<Response>;
  /** Whether everyone must show a token. */
  readonly hasClients: boolean;
  /** From now on new requests are told to come later, and `/ready` says no. */
  stop(): void;
  /** Takes the gateway's listener off the engine. */
  close(): void;
}

/** What a page may read of an answer; a `*` would not count with credentials. */
const REPORT_HEADERS = [
  ...["api-tokens", "adjusted", "waited-ms", "remaining", "resets-at", "truncated-by-tier", "code", "rule"].map(
    (name) => `x-laplas-${name}`,
  ),
  ...["requests", "tokens"].flatMap((name) =>
    ["limit", "remaining", "reset"].map((part) => `x-ratelimit-${part}-${name}`),
  ),
];

const OPEN_PATHS = /^\/(health|ready|images\/[^/]+)$/;

/**
 * Creates the gateway: access, routes, and `laplas.fetch`. Everything that has to do with the tier is the engine's.
 *
 * @throws InvalidOptionsError
 * @example
 * ```ts
 * const gateway = createGateway({ laplas: createLaplas() });
 * const server = await listen(gateway);
 * console.log(server.url); // http://127.0.0.1:4114
 * ```
 */
export function createGateway(options: GatewayOptions): Gateway {
  const resolved = resolveGatewayOptions(options);
  const { laplas, clients, publicURL, maxBodyBytes } = resolved;
  const findClient = createClientFinder(clients);
  const guard = createHostGuard(resolved);
  const pictures = createPictureStore(resolved.pictures, resolved.now);
  const log = createRequestLog(laplas, resolved.logger);
  let isStopping = false;

  const app = new Hono();

  app.use(async (context, next) => {
    if (isStopping && context.req.path !== "/health") return comeLater();
    const strange = guard(context.req.raw.headers);
    if (strange !== undefined) return refuseStranger(strange);
    return next();
  });
  if (resolved.allowedOrigins.length > 0) app.use(corsFor(resolved.allowedOrigins));
  app.use(async (context, next) => {
    if (clients.length === 0 || OPEN_PATHS.test(context.req.path)) return next();
    const client = findClient(context.req.header("authorization") ?? null);
    if (client === undefined) return refuseToken();
    const scope = log.scope();
    if (scope !== undefined) scope.client = client;
    return next();
  });
  app.post("*", bodyLimit({ maxSize: maxBodyBytes, onError: () => refuseBody(maxBodyBytes) }));

  app.get("/health", (context) => context.json({ status: "ok" }));
  app.get("/ready", async (context) => {
    await laplas.status();
    return context.json({ status: "ready" });
  });
  app.get("/images/:name", (context) => answerPicture(pictures, context.req.param("name")));
  app.on("GET", ["/v1/quota", "/quota"], async (context) => context.json(quotaBody(await laplas.status())));
  app.on("POST", ["/v1/check", "/check"], (context) => answerCheck(laplas, context.req.raw));
  app.on("POST", ["/v1/images/generations", "/images/generations"], ({ req: { raw, url } }) =>
    answerImage(laplas, raw, pictures, publicURL ?? new URL(url).origin),
  );
  app.all("*", (context) => laplas.fetch(context.req.raw));

  app.onError((error, context) => {
    const { signal } = context.req.raw;
    // Nobody is there to read it: 499 is nginx's number for that, and stands in the log.
    if (signal.aborted) return new Response(null, { status: 499 });
    const response = toErrorResponse(error);
    if (response.headers.get("x-laplas-code") === null) log.failed(log.scope() as RequestScope, error);
    return response;
  });

  return {
    hasClients: clients.length > 0,
    async fetch(request) {
      const scope: RequestScope = {
        method: request.method,
        path: new URL(request.url).pathname.slice(0, 200),
        startedAt: performance.now(),
        client: undefined,
        isTold: false,
      };
      return log.run(scope, async () => {
        const response = withRequestId(await app.fetch(request));
        log.answered(scope, response);
        return response;
      });
    },
    stop() {
      isStopping = true;
    },
    close: log.close,
  };
}

/** Without these headers a browser lets no page read an answer; preflights of the listed pages are answered as well. */
function corsFor(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: [...origins],
    exposeHeaders: ["x-request-id", "retry-after", "x-should-retry", ...REPORT_HEADERS],
    maxAge: 600,
  });
}

function withRequestId(response: Response): Response {
  if (!response.headers.has("x-request-id")) response.headers.set("x-request-id", crypto.randomUUID());
  return response;
}

function comeLater(): Response {
  const response = refusalResponse({
    status: 503,
    type: "api_error",
    code: "gateway_stopping",
    message: "The gateway is being stopped. Ask again in a moment.",
    retryAfterSeconds: 2,
  });
  response.headers.set("x-should-retry", "true");
  response.headers.set("connection", "close");
  return response;
}

function refuseStranger(what: "host" | "origin"): Response {
  return refusalResponse({
    status: 403,
    code: `${what}_not_allowed`,
    message:
      what === "host"
        ? 'This gateway does not go by the name in "Host". If it should, add the name to option "allowedHosts".'
        : 'Web pages of this origin may not call the gateway. If this one should, add it to option "allowedOrigins".',
  });
}

function refuseToken(): Response {
  return refusalResponse({
    status: 401,
    type: "authentication_error",
    code: "invalid_api_key",
    message: "The gateway takes calls with the token of one of its clients only, as Authorization: Bearer <token>.",
    retryAfterSeconds: 300,
  });
}

function refuseBody(maxBodyBytes: number): Response {
  const response = refusalResponse({
    status: 413,
    code: "body_over_limit",
    message: `The body is over the gateway's limit of ${maxBodyBytes} bytes. Send less, or raise option "maxBodyBytes".`,
  });
  // What is still to come of it is not read.
  response.headers.set("connection", "close");
  return response;
}
