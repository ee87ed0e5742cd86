import type { CallContext } from "../call/call-context.js";
import type { PreparedCall, Totals } from "../call/prepared-call.js";
import type { CallEvent } from "../events.js";
import type { Endpoint } from "../request/read-request.js";
import { type AnswerTrace, createAnswerTrace } from "./answer-trace.js";
import { endAttributes, OPERATIONS, requestAttributes, targetAttributes } from "./call-attributes.js";
import { inputMessages } from "./message-parts.js";
import { activeContext, CLIENT, harmlessly, openTelemetry, runIn, startSpan, withSpan } from "./open-telemetry.js";
import { type RequestTrace, setError, traceRequest } from "./trace-request.js";

/** The span of a call, by OpenTelemetry's conventions for generative AI. Its parent is the caller's active span. */
export interface CallTrace {
  readonly traceId: string;
  /** Hears what the answer says; `undefined` where the span is not recorded. */
  readonly answer: Pick<AnswerTrace, "chunk" | "whole" | "keepsContent"> | undefined;
  /** Runs work with the span as the active one. */
  run<T>(work: () => T): T;
  planned(plan: PreparedCall): void;
  /** Begins the span of one request to the provider. */
  request(context: CallContext, plan: PreparedCall): RequestTrace;
  /** @param error what the call has failed with, or was refused with */
  ended(event: CallEvent, totals: Totals | undefined, error: unknown): void;
}

/** @returns `undefined` where the program has registered no OpenTelemetry, and where it does not want spans of calls */
export function traceCall(
  context: CallContext,
  endpoint: Endpoint,
  askedModel: () => string,
  isPool: boolean,
): CallTrace | undefined {
  const api = openTelemetry();
  const { tracing } = context.options;
  if (api?.trace === undefined || tracing === "off") return undefined;
  const operation = OPERATIONS[endpoint];
  const parent = activeContext(api);
  const asked = askedModel();
  const attributes = {
    "gen_ai.operation.name": operation,
    "gen_ai.request.model": asked,
    // Of several it is not known yet who answers.
    ...(isPool ? {} : targetAttributes(context)),
  };
  // A name that a client made up stays out of the span's: stores index those.
  const span = startSpan(api, operation, { kind: CLIENT, attributes }, parent);
  if (span === undefined) return undefined;
  const own = withSpan(parent, span);
  const keepsContent = tracing === "content";
  const answer = span.isRecording() ? createAnswerTrace(keepsContent) : undefined;
  let isSent = !isPool;
  return {
    traceId: span.spanContext().traceId,
    answer,
    run: (work) => runIn(api, own, work),
    planned(plan) {
      if (!span.isRecording()) return;
      harmlessly(() => {
        span.updateName(`${operation} ${plan.found.id}`);
        span.setAttributes(requestAttributes(plan, asked));
        if (!keepsContent || endpoint === "embedding") return;
        span.setAttributes({ "gen_ai.input.messages": JSON.stringify(inputMessages(plan.request)) });
      });
    },
    request(target, plan) {
      isSent = true;
      if (isPool) harmlessly(() => span.setAttributes(targetAttributes(target)));
      return traceRequest(api, own, span, plan);
    },
    ended(event, totals, error) {
      harmlessly(() => {
        if (!span.isRecording()) return;
        span.setAttributes({ ...answer?.attributes(), ...endAttributes(event, totals) });
        if (!isSent) span.setAttributes({ "gen_ai.provider.name": event.provider });
        setError(span, event.outcome === "aborted" ? undefined : error);
      });
      harmlessly(() => span.end());
    },
  };
}
