import { isLaplasError, toErrorResponse } from "@laplas/core";
import { Hono } from "hono";
import { behindCors } from "./access/cors.js";
import { createGate } from "./access/gate.js";
import { readUnmeasured } from "./access/read-unmeasured.js";
import { refuse } from "./access/refusals.js";
import { type GatewayOptions, type ResolvedGatewayOptions, resolveGatewayOptions } from "./gateway-options.js";
import { createRequestLog, createScope, type RequestScope } from "./log/request-log.js";
import { createPictureStore } from "./pictures/picture-store.js";
import { answerCheck } from "./routes/answer-check.js";
import { answerImage } from "./routes/answer-image.js";
import { answerJson } from "./routes/answer-json.js";
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
  const log = createRequestLog(resolved.laplas, resolved.logger);
  const gate = createGate(resolved);
  const routes = createRoutes(resolved);
  let isStopping = false;

  const enter = async (request: Request, scope: RequestScope): Promise<Response> => {
    if (isStopping && scope.path !== "/health") return refuse("stopping");
    // No `Request` can be made of one with a name and password.
    if (/^[a-z]+:\/\/[^/?#]*@/i.test(request.url)) return refuse("target");
    const admitted = gate({ ...scope, headers: request.headers });
    if (!admitted.isIn) return refuse(admitted.reason);
    scope.client = admitted.client;
    const readable = await readUnmeasured(request, resolved.maxBodyBytes);
    return readable === undefined ? refuse("body") : routes.fetch(readable);
  };
  const enterSafely = async (request: Request, scope: RequestScope): Promise<Response> => {
    try {
      return await enter(request, scope);
    } catch (error) {
      // Nobody is there to read it: 499 is nginx's number for that, and stands in the log.
      if (request.signal.aborted) return new Response(null, { status: 499 });
      if (!isLaplasError(error)) log.failed(scope, error);
      return toErrorResponse(error, { requestId: crypto.randomUUID() });
    }
  };
  const answer = resolved.allowedOrigins.length === 0 ? enterSafely : behindCors(resolved.allowedOrigins, enterSafely);

  return {
    hasClients: resolved.clients.length > 0,
    fetch(request) {
      const scope = createScope(request);
      return log.run(scope, async () => {
        const response = await answer(request, scope);
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

function createRoutes({ laplas, publicURL, ...options }: ResolvedGatewayOptions): Hono {
  const pictures = createPictureStore(options.pictures, options.now);
  const app = new Hono();
  app.get("/health", () => answerJson({ status: "ok" }));
  app.get("/ready", async () => {
    await laplas.status();
    return answerJson({ status: "ready" });
  });
  app.get("/images/:name", (context) => answerPicture(pictures, context.req.param("name")));
  app.on("GET", ["/v1/quota", "/quota"], async () => answerJson(quotaBody(await laplas.status())));
  app.on("POST", ["/v1/check", "/check"], (context) => answerCheck(laplas, context.req.raw));
  app.on("POST", ["/v1/images/generations", "/images/generations"], ({ req: { raw, url } }) =>
    answerImage(laplas, raw, pictures, publicURL ?? new URL(url).origin),
  );
  app.all("*", (context) => laplas.fetch(context.req.raw));
  app.onError((error) => {
    throw error;
  });
  return app;
}
