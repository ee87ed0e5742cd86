import { inIncomingTrace, isLaplasError, type Laplas, toErrorResponse } from "@laplas/core";
import { Hono } from "hono";
import { createBodyBudget } from "./access/body-budget.js";
import { createContinueAgents } from "./access/continue-agents.js";
import { behindCors } from "./access/cors.js";
import { createGate } from "./access/gate.js";
import { createHostGuard } from "./access/host-guard.js";
import { createModelNames, reportModel } from "./access/model-names.js";
import { createQuotaStatus } from "./access/quota-status.js";
import { readBody } from "./access/read-body.js";
import { type GateReason, refuse } from "./access/refusals.js";
import { createTurns } from "./access/turns.js";
import { type GatewayOptions, type ResolvedGatewayOptions, resolveGatewayOptions } from "./gateway-options.js";
import { createRequestLog, createScope, type RequestScope } from "./log/request-log.js";
import { createMetrics, type Metrics } from "./metrics/create-metrics.js";
import { answerPage } from "./page/answer-page.js";
import { createPageFiles } from "./page/page-files.js";
import { createPictureStore, type PictureStore } from "./pictures/picture-store.js";
import { createRecent, type Recent } from "./recent/create-recent.js";
import { promptOf } from "./recent/prompt-of.js";
import { answerCallsLeft } from "./routes/answer-calls-left.js";
import { answerCheck } from "./routes/answer-check.js";
import { answerEvents } from "./routes/answer-events.js";
import { answerImage } from "./routes/answer-image.js";
import { answerJson } from "./routes/answer-json.js";
import { createMcpAnswer, type McpAnswer } from "./routes/answer-mcp.js";
import { createModelAnswer } from "./routes/answer-model.js";
import { answerPicture } from "./routes/answer-picture.js";
import { addPlayground } from "./routes/playground-routes.js";
import { readQuota } from "./routes/read-quota.js";
import { servePath } from "./routes/serve-path.js";

/** An OpenAI-compatible server without a socket: a handler for any server that speaks web-standard requests. */
export interface Gateway {
  /**
   * Answers a request; never rejects.
   *
   * @param from the IP address of the client, so that wrong tokens slow down those of one address only. All share one without it
   */
  fetch(request: Request, from?: { readonly remoteAddress?: string | undefined }): Promise<Response>;
  /** Whether everyone must show a token. */
  readonly hasClients: boolean;
  /** From now on new requests are told to come later, `/ready` says no, and streams of events end. */
  stop(): void;
  /** Takes the gateway's listeners off the engines. */
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
  const { laplas, playground, showPrompts, now } = resolved;
  const onEvent = hearAll(playground === undefined ? [laplas] : [laplas, playground]);
  const log = createRequestLog({ ...laplas, onEvent }, resolved.logger);
  const recent = createRecent({ laplas, playground, showPrompts, now, onEvent, scope: log.scope });
  const metrics = createMetrics({ laplas, onEvent, scope: log.scope });
  const gate = createGate(resolved);
  const guard = createHostGuard(resolved);
  const withModel = createModelNames(resolved.modelNames);
  const withQuotaStatus = createQuotaStatus(resolved.clients);
  const continueAgents = createContinueAgents(resolved.agentContinueAtCap);
  const takeTurn = createTurns();
  const bodies = createBodyBudget(resolved.bodies);
  const pageFiles = createPageFiles(resolved.clients.length > 0);
  const pictures = createPictureStore(resolved.pictures, now);
  const mcp = createMcpAnswer(resolved, pictures, (error) => {
    const scope = log.scope();
    if (scope !== undefined) log.failed(scope, error);
  });
  const routes = createRoutes(resolved, { recent, metrics, pictures, mcp });
  let isStopping = false;

  const enter = async (request: Request, scope: RequestScope): Promise<Response> => {
    const refused = (reason: GateReason): Response => refuse(reason, { path: scope.path, headers: request.headers });
    if (isStopping && scope.path !== "/health") return refused("stopping");
    // No `Request` can be made of one with a name and password.
    if (/^[a-z]+:\/\/[^/?#]*@/i.test(request.url)) return refused("target");
    const file = pageFiles.get(scope.path);
    if (file !== undefined) {
      const strange = guard(request.method, request.headers);
      return strange === undefined ? answerPage(file, scope.path, request) : refused(strange);
    }
    const admitted = gate({ ...scope, headers: request.headers });
    if (admitted.wait !== undefined && !(await admitted.wait)) return refused("guesses");
    if (!admitted.isIn) return refused(admitted.reason);
    scope.client = admitted.client;
    if (request.method === "POST") await takeTurn();
    const announced = Number(request.headers.get("content-length") ?? 0);
    const taken = bodies.take(announced, () => request.signal);
    const lease = taken instanceof Promise ? await taken : taken;
    if (lease === undefined) return refused("full");
    try {
      const readable = await readBody(request, resolved.maxBodyBytes, lease);
      if (typeof readable === "string") return refused(readable);
      const continued = continueAgents(withQuotaStatus(readable, admitted.client), scope.path);
      const { request: asked, renamed } = await withModel(continued);
      scope.askedModel = renamed?.from;
      const response = await routes.fetch(showPrompts ? await withPromptKept(asked, scope, recent) : asked);
      return renamed === undefined ? response : reportModel(response, renamed.to);
    } finally {
      lease.release();
    }
  };
  const enterSafely = async (request: Request, scope: RequestScope): Promise<Response> => {
    try {
      return await enter(request, scope);
    } catch (error) {
      // Nobody is there to read it: 499 is nginx's number for that, and stands in the log.
      if (request.signal.aborted) return new Response(null, { status: 499 });
      if (!isLaplasError(error)) log.failed(scope, error);
      const head = { path: scope.path, headers: request.headers };
      return toErrorResponse(error, { requestId: crypto.randomUUID(), request: head });
    }
  };
  const answer = resolved.allowedOrigins.length === 0 ? enterSafely : behindCors(resolved.allowedOrigins, enterSafely);

  return {
    hasClients: resolved.clients.length > 0,
    fetch(request, from) {
      const scope = createScope(request, from?.remoteAddress);
      const work = async (): Promise<Response> => {
        const response = await answer(request, scope);
        log.answered(scope, response);
        return response.status < 400 ? response : recent.calls.explain(scope, response);
      };
      return inIncomingTrace(request.headers, () => log.run(scope, work));
    },
    stop() {
      isStopping = true;
      recent.feed.end();
    },
    close() {
      mcp.close();
      log.close();
      metrics.close();
      recent.close();
    },
  };
}

/** One listener on several engines, and on one that is named twice but once. */
function hearAll(engines: readonly Laplas[]): Laplas["onEvent"] {
  return (listener) => {
    const stops = [...new Set(engines)].map((engine) => engine.onEvent(listener));
    return () => {
      for (const stop of stops) stop();
    };
  };
}

/** Only where the operator wants prompts shown: elsewhere nobody looks into a body but the engine. */
async function withPromptKept(request: Request, scope: RequestScope, { calls }: Recent): Promise<Request> {
  if (request.method !== "POST") return request;
  const { url, method, headers, signal } = request;
  const body = await request.text();
  calls.asked(scope, promptOf(body));
  return new Request(url, { method, headers, signal, body });
}

/** What the routes share with the rest of the gateway. */
interface Shared {
  readonly recent: Recent;
  readonly metrics: Metrics;
  readonly pictures: PictureStore;
  readonly mcp: McpAnswer;
}

function createRoutes(
  { laplas, publicURL, ...options }: ResolvedGatewayOptions,
  { recent: { feed }, metrics, pictures, mcp }: Shared,
): Hono {
  const app = new Hono();
  servePath(app, "GET", ["/health"], () => answerJson({ status: "ok" }));
  servePath(app, "GET", ["/ready"], async () => {
    await laplas.status();
    return answerJson({ status: "ready" });
  });
  servePath(app, "GET", ["/metrics"], () => metrics.scrape());
  servePath(app, "GET", ["/images/:name"], ({ req }) => answerPicture(pictures, req.param("name") ?? ""));
  servePath(app, "GET", ["/v1/quota", "/quota"], async () => answerJson((await readQuota(laplas, options.now())).body));
  servePath(app, "GET", ["/v1/events", "/events"], ({ req: { raw } }) => answerEvents(feed, raw));
  servePath(app, "GET", ["/v1/calls-left", "/calls-left"], () => answerCallsLeft(laplas));
  servePath(app, "POST", ["/v1/check", "/check"], ({ req: { raw } }) =>
    answerCheck(laplas, raw, options.agentContinueAtCap),
  );
  app.on("POST", ["/v1/images/generations", "/images/generations"], ({ req: { raw, url } }) =>
    answerImage(laplas, raw, pictures, publicURL ?? new URL(url).origin),
  );
  servePath(app, "POST", ["/mcp"], ({ req: { raw } }) => mcp.fetch(raw));
  addPlayground(app, options.playground, pictures, options.now);
  const answerModel = createModelAnswer(laplas, options.modelNames);
  app.all("*", ({ req: { raw } }) => answerModel(raw) ?? laplas.fetch(raw));
  app.onError((error) => {
    throw error;
  });
  return app;
}
