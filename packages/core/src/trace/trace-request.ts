import type { PreparedCall } from "../call/prepared-call.js";
import { isLaplasError } from "../errors/laplas-error.js";
import {
  type Context,
  ERROR,
  harmlessly,
  INTERNAL,
  type OpenTelemetry,
  runIn,
  type Span,
  startSpan,
  withSpan,
} from "./open-telemetry.js";

/** The span of one request to the provider, within its call's. */
export interface RequestTrace {
  /** Runs work with the span as the active one, so that spans of an instrumented HTTP client belong to it. */
  run<T>(work: () => T): T;
  /** The first event of a stream has come. @param afterMs since the request was sent */
  first(afterMs: number): void;
  ended(status: number | undefined, error: unknown): void;
}

/**
 * It is internal and has nothing of `gen_ai.*`: the conventions count an operation with all its attempts as one, and stores add up what
 * spans of that kind cost.
 */
export function traceRequest(api: OpenTelemetry, context: Context, call: Span, plan: PreparedCall): RequestTrace {
  const attributes = { "laplas.provider": plan.provider, "laplas.attempt": plan.totals.attempts };
  const span = startSpan(api, "laplas.request", { kind: INTERNAL, attributes }, context);
  if (span === undefined) return { run: (work) => work(), first() {}, ended() {} };
  const own = withSpan(context, span);
  return {
    run: (work) => runIn(api, own, work),
    first(afterMs) {
      const isOfFirst = plan.totals.attempts === 1 && call.isRecording();
      if (isOfFirst) harmlessly(() => call.setAttributes({ "gen_ai.response.time_to_first_chunk": afterMs / 1_000 }));
    },
    ended(status, error) {
      harmlessly(() => {
        if (status !== undefined) span.setAttributes({ "http.response.status_code": status });
        setError(span, error);
      });
      harmlessly(() => span.end());
    },
  };
}

/** Marks a span by the error of what it stands for. Messages of ours hold no prompt and no key; those of others may. */
export function setError(span: Span, error: unknown): void {
  if (error === undefined) return;
  const isOurs = isLaplasError(error);
  const type = isOurs ? error.code : error instanceof Error ? error.name : "_OTHER";
  span.setAttributes({ "error.type": type });
  span.setStatus({ code: ERROR, ...(isOurs ? { message: error.message } : {}) });
}
