import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import type { RequestEvent } from "../events.js";
import type { CallContext } from "./call-context.js";
import type { PreparedCall } from "./prepared-call.js";

/** Tells listeners how one request to the provider went, and traces it where its call is traced. */
export interface RequestObserver {
  /** Runs what sends and reads it. */
  run<T>(work: () => T): T;
  /** The head of its answer has come. */
  head(status: number): void;
  /** An event of its stream has come. */
  heard(): void;
  /** The caller has gone. */
  left(): void;
  /** @param error what it failed with */
  ended(error?: unknown): void;
}

/** Starts with the request's sending. */
export function observeRequest(context: CallContext, plan: PreparedCall): RequestObserver {
  const { clock, now } = context.options;
  const trace = plan.totals.trace?.request(context, plan);
  const startedAt = clock.now();
  let status: number | undefined;
  let firstMs: number | undefined;
  let isLeft = false;
  return {
    run: trace?.run ?? ((work) => work()),
    head(given) {
      status = given;
    },
    heard() {
      if (firstMs !== undefined) return;
      firstMs = clock.now() - startedAt;
      trace?.first(firstMs);
    },
    left() {
      isLeft = true;
    },
    ended(error) {
      const ours = isLaplasError(error) ? error : undefined;
      status = ours?.httpStatus ?? status;
      trace?.ended(status, isLeft ? undefined : error);
      const event: RequestEvent = {
        type: "request",
        at: new Date(now()),
        endpoint: plan.request.endpoint,
        provider: plan.provider,
        model: plan.found.id,
        streamed: plan.adapted.stream,
        outcome: error === undefined ? "answered" : outcomeOf(isLeft, ours),
        ...(error === undefined || isLeft || ours === undefined ? {} : { code: ours.code }),
        ...(status === undefined ? {} : { status }),
        ...(firstMs === undefined ? {} : { firstMs: Math.round(firstMs) }),
        durationMs: Math.round(clock.now() - startedAt),
      };
      context.emit(event);
    },
  };
}

/** Codes with which a provider refuses although its status, or an error within a stream, does not say so. */
const REFUSALS: ReadonlySet<string> = new Set([
  "rate_limited",
  "hourly_quota",
  "daily_quota",
  "monthly_quota",
  "payment_required",
  "model_not_on_tier",
  "request_cost",
]);

function outcomeOf(isLeft: boolean, error: LaplasError | undefined): RequestEvent["outcome"] {
  if (isLeft) return "aborted";
  if (error === undefined) return "failed";
  const { code, httpStatus = 0 } = error;
  const isRefusal = httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408;
  return isRefusal || REFUSALS.has(code) ? "refused" : "failed";
}
