import { prepareCall } from "../call/prepare-call.js";
import { isLaplasError } from "../errors/laplas-error.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { LaplasEvent } from "../events.js";
import { findErrorForm, findProtocol } from "../protocol/find-protocol.js";
import type { ClientCall, ClientEvent, ClientProtocol } from "../protocol/protocol.js";
import { createItemMemory, type ItemMemory } from "../protocol/responses/item-memory.js";
import type { Endpoint } from "../request/read-request.js";
import { askedName } from "../route/asked-name.js";
import { findTargets, readLists } from "../route/find-targets.js";
import type { Pool } from "../route/pool.js";
import { type CallingEngine, runCall } from "../route/run-call.js";
import { answerModels } from "./answer-models.js";
import { continueAtCapFor } from "./continue-header.js";
import { answerResponse, refusalResponse } from "./error-response.js";
import { toEventStream } from "./event-stream.js";
import { quotaStatusFor } from "./quota-status.js";
import { currentWindows, rateLimitHeaders } from "./rate-limit-headers.js";
import { refuseStored } from "./refuse-stored.js";
import { headHeaders, reportHeaders, usageHeaders } from "./report-headers.js";
import { isForeignPath, otherMethodResponse, unknownPathMessage } from "./unknown-path.js";
import { toWireError } from "./wire-error.js";

const MODELS = /\/models(?:\/(.+))?$/;

/**
 * The engine as a `fetch`. Method, path suffix and JSON body count; the host and every header of the caller are dropped, so
 * nothing of another vendor reaches the upstream. Of headers three are read: the status for a used-up quota, how often an answer is
 * continued, and which conversation a call belongs to. Refusals are answers. Only an abort rejects, as with any `fetch`.
 *
 * The engine does not retry here: SDKs do, and obey the headers.
 *
 * @param items of earlier answers, where something else reads them too
 */
export function createFetch(
  context: CallingEngine,
  items: ItemMemory = createItemMemory(context.options.now),
): typeof globalThis.fetch {
  const answer = async (request: Request): Promise<Response> => {
    request.signal.throwIfAborted();
    const requestId = crypto.randomUUID();
    const path = new URL(request.url).pathname.replace(/\/+$/, "");
    let body: unknown;
    let call: ClientCall | undefined;
    const asked = findProtocol(path);
    try {
      if (request.method !== "POST" || asked === undefined) {
        const refusal = refuseStored(request, path);
        if (refusal !== undefined)
          return refusalResponse(refusal, { requestId, request: { path, headers: request.headers } });
      }
      if (asked === undefined) return await answerOtherPath(context, request, path, requestId);
      if (request.method !== "POST") return otherMethodResponse(request.method, path, ["POST"], requestId);
      body = await readBody(request);
      const { protocol, endpoint } = asked;
      if (endpoint === "count") return await answerCount(context, protocol, body, requestId);
      call = protocol.read(body, { headers: request.headers, items, now: context.options.now });
      return await answerCall(context, request, { protocol, endpoint, call, requestId });
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason;
      if (!isLaplasError(error)) context.emit(defectEvent(error, context.options.now()));
      const windows = await currentWindows(context.pool, body);
      const protocol = findErrorForm(path, request.headers);
      const headers = {
        ...rateLimitHeaders(windows, context.options.now()),
        ...protocol?.headers?.({ requestId, windows }),
      };
      const wire = toWireError(error, context.options.now(), quotaStatusFor(request.headers));
      const named = call?.rename?.(wire) ?? wire;
      return answerResponse(protocol?.error(named) ?? named, { requestId, headers });
    }
  };
  return async (input, init) => {
    const request = toRequest(input, init);
    if (request.method !== "HEAD") return answer(request);
    const { status, headers } = await answer(request);
    return new Response(null, { status, headers });
  };
}

function defectEvent(error: unknown, now: number): LaplasEvent {
  const { name, stack = "" } = error instanceof Error ? error : new Error();
  const lines = stack.split("\n").flatMap((line) => (/^\s+at /.test(line) ? [line.trim()] : []));
  return { type: "defect", at: new Date(now), error: name, stack: lines };
}

/**
 * A request that is one already is taken as it is: making another costs more than the rest of this door. SDKs give whole
 * addresses; a bare path is made one, since `Request` takes no relative address outside browsers.
 */
function toRequest(input: string | URL | Request, init: RequestInit | undefined): Request {
  if (init === undefined && input instanceof Request) return input;
  return new Request(typeof input === "string" && input.startsWith("/") ? `http://laplas${input}` : input, init);
}

/** At every path that takes no call: lists of models, and why there is nothing else. */
async function answerOtherPath(
  context: CallingEngine,
  request: Request,
  path: string,
  requestId: string,
): Promise<Response> {
  const { method, headers } = request;
  const [isModels, name] = MODELS.exec(path) ?? [];
  if (isModels === undefined || isForeignPath(path)) {
    const message = unknownPathMessage(method, path, context.options.tier.title);
    return refusalResponse({ status: 404, code: "unknown_path", message }, { requestId, request: { path, headers } });
  }
  if (method === "GET" || method === "HEAD") {
    const windows = await currentWindows(context.pool);
    return jsonResponse(await answerModels(context.pool, request, name), {
      "x-request-id": requestId,
      ...rateLimitHeaders(windows, context.options.now()),
      ...findErrorForm(path, headers)?.headers?.({ requestId, windows }),
    });
  }
  return otherMethodResponse(method, path, ["GET", "HEAD"], requestId);
}

/** A request of a protocol, read. */
interface Asked {
  readonly protocol: ClientProtocol;
  readonly endpoint: Endpoint;
  readonly call: ClientCall;
  readonly requestId: string;
}

async function answerCount(
  context: CallingEngine,
  { count, headers }: ClientProtocol,
  body: unknown,
  requestId: string,
): Promise<Response> {
  const counted = count?.(body) ?? {};
  await requireModel(context.pool, body);
  const windows = await currentWindows(context.pool, body);
  return jsonResponse(counted, {
    "x-request-id": requestId,
    ...rateLimitHeaders(windows, context.options.now()),
    ...headers?.({ requestId, windows }),
  });
}

/** Refuses a model that no call could use where tokens are counted too, since clients count before they call. The call checks everything else. */
async function requireModel(pool: Pool, body: unknown): Promise<void> {
  const { model } = body as { readonly model?: unknown };
  const name = askedName(body);
  const messages = [{ role: "user", content: "Hello" }];
  if (name !== "") await readLists(pool, name);
  const [target] = name === "" ? [] : findTargets(pool, name).targets;
  prepareCall(target?.context ?? pool.all[0], "chat", { model: target?.model ?? model, messages }, {});
}

async function answerCall(
  context: CallingEngine,
  request: Request,
  { protocol, endpoint, call, requestId }: Asked,
): Promise<Response> {
  const { now } = context.options;
  const continueAtCap = endpoint === "chat" ? continueAtCapFor(request.headers) : undefined;
  const { adjusted } = call;
  const session = request.headers.get("x-laplas-session") ?? undefined;
  const callOptions = {
    signal: request.signal,
    maxRetries: 0,
    continueAtCap,
    session,
    requestId,
    adjusted,
    holdsHead: protocol.holdsHead,
  };
  const outcome = await runCall(context, endpoint, call.bodies, callOptions, call.form);
  if (outcome.kind === "whole") {
    const { answer, report } = outcome;
    return jsonResponse(call.whole(answer, report), {
      ...reportHeaders(report),
      ...usageHeaders(endpoint),
      ...rateLimitHeaders(report.windows, now()),
      ...protocol.headers?.(report),
    });
  }
  const headers = {
    ...headHeaders(outcome.head),
    ...usageHeaders(endpoint),
    ...rateLimitHeaders(outcome.head.windows, now()),
    ...protocol.headers?.(outcome.head),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  };
  const broken = (error: unknown): ClientEvent =>
    call.broken(toWireError(error, now(), quotaStatusFor(request.headers)));
  const options = { request, end: call.end, broken, isCommented: !outcome.isOne };
  return new Response(toEventStream(call.events(outcome.items), options), { headers });
}

/** Not `Response.json`: servers that stand in for `Response` have a fast way for texts only. */
function jsonResponse(value: unknown, headers: Record<string, string>): Response {
  return new Response(JSON.stringify(value), { headers: { "content-type": "application/json", ...headers } });
}

/** Bodies that are no JSON are the caller's mistake, and may hold a prompt: the message shows nothing of them. */
async function readBody(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch (error) {
    throw new FatalUpstreamError("invalid_request", "The request's body is not JSON.", { cause: error });
  }
}
