import { AsyncLocalStorage } from "node:async_hooks";
import type { Laplas, LaplasEvent } from "@laplas/core";
import type { GatewayLogger } from "./gateway-logger.js";

/** A request on its way through the gateway. */
export interface RequestScope {
  readonly method: string;
  /** Without the query: that may hold a secret. */
  readonly path: string;
  readonly startedAt: number;
  /** Name of the client, once its token is known. */
  client: string | undefined;
  /** The name that the client has for the model, where another serves it. */
  askedModel?: string | undefined;
  /** What the program calls itself, cut short. */
  readonly userAgent?: string | undefined;
  /** The client's IP address, if the server knows it. */
  readonly address?: string | undefined;
  /** Whether the engine has told of its call, which says more than the answer's status. */
  isTold: boolean;
}

const LONGEST_USER_AGENT = 120;

export function createScope({ method, url, headers }: Request, address?: string): RequestScope {
  // Cheaper than parsing the address again: it is one that was put together from a request's head.
  const path = /^https?:\/\/[^/]*([^?#]*)/.exec(url)?.[1] ?? "";
  const userAgent = headers.get("user-agent")?.slice(0, LONGEST_USER_AGENT);
  return { method, path, startedAt: performance.now(), client: undefined, userAgent, address, isTold: false };
}

/** One line for each request: what the engine tells of a call when it ends, or the status of an answer that was none. */
export interface RequestLog {
  /** Runs a request in a scope of its own, in which the engine's events find it again. */
  run<T>(scope: RequestScope, work: () => T): T;
  scope(): RequestScope | undefined;
  /** A request has its answer. */
  answered(scope: RequestScope, response: Response): void;
  /** Something failed that nobody expected. */
  failed(scope: RequestScope, error: unknown): void;
  close(): void;
}

export function createRequestLog(laplas: Laplas, logger: GatewayLogger | undefined): RequestLog {
  const scopes = new AsyncLocalStorage<RequestScope>();
  const stop = logger === undefined ? () => {} : laplas.onEvent((event) => tell(logger, event, scopes.getStore()));
  return {
    run: (scope, work) => scopes.run(scope, work),
    scope: () => scopes.getStore(),
    answered(scope, { status, headers }) {
      // The engine tells of a stream at its end, when its cost is known.
      const isStream = headers.get("content-type")?.startsWith("text/event-stream") === true;
      if (scope.isTold || isStream || logger === undefined) return;
      const durationMs = Math.round(performance.now() - scope.startedAt);
      const fields = { ...whoOf(scope), status, requestId: headers.get("x-request-id"), durationMs };
      if (status >= 500) logger.error(fields, "request");
      else logger.info(fields, "request");
    },
    failed(scope, error) {
      scope.isTold = true;
      logger?.error({ ...whoOf(scope), ...defectFields(error) }, "defect");
    },
    close: stop,
  };
}

/** An error that nobody expected. Its message may hold anything, a prompt too; where it was thrown does not. */
export function defectFields(error: unknown): { readonly error: string; readonly stack: readonly string[] } {
  const { name, stack = "" } = error instanceof Error ? error : new Error();
  return { error: name, stack: stack.split("\n").flatMap((line) => (/^\s+at /.test(line) ? [line.trim()] : [])) };
}

/** Events that somebody should look at. */
const WARNINGS: ReadonlySet<LaplasEvent["type"]> = new Set(["warning", "upstream-quota", "upstream-off", "breaker"]);

function tell(logger: GatewayLogger, event: LaplasEvent, scope: RequestScope | undefined): void {
  // The line of its call says what came of it, and how long it waited; each new attempt has a line of its own already.
  if (event.type === "request" || event.type === "waiting") return;
  const { type, at: _, ...fields } = event;
  const who = scope === undefined ? {} : whoOf(scope);
  if (event.type === "call") {
    if (scope !== undefined) scope.isTold = true;
    const line = { ...who, ...fields, adjusted: event.adjusted.map(({ to }) => to) };
    if (event.outcome === "failed") logger.warn(line, type);
    else logger.info(line, type);
  } else if (event.type === "defect") {
    logger.error({ ...who, ...fields }, type);
  } else if (WARNINGS.has(event.type)) {
    logger.warn({ ...who, ...fields }, type);
  } else {
    logger.info({ ...who, ...fields }, type);
  }
}

function whoOf({ method, path, client, askedModel }: RequestScope): object {
  return {
    ...(client === undefined ? {} : { client }),
    method,
    path: path.slice(0, 200),
    ...(askedModel === undefined ? {} : { askedModel: askedModel.slice(0, 200) }),
  };
}
