import type { Ended } from "../continuation/ended.js";
import { costIn } from "../cost/meter.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import type { CallEvent } from "../events.js";
import type { Endpoint } from "../request/read-request.js";
import { traceCall } from "../trace/trace-call.js";
import type { CallContext } from "./call-context.js";
import type { PreparedCall } from "./prepared-call.js";
import { longReport } from "./report.js";
import type { CallAnswer } from "./shape-answer.js";
import { hearingForm, type StreamForm } from "./stream-form.js";

/** Tells listeners how a call ended, once, and traces it where the program has OpenTelemetry. */
export interface CallObserver {
  /** Runs the call: what it does belongs to its span. */
  run<T>(work: () => T): T;
  /** A form that hears what a stream says; the same where nobody traces. */
  hears<Item>(form: StreamForm<Item>): StreamForm<Item>;
  planned(plan: PreparedCall): void;
  /** @param answer the whole one, where it is no stream */
  answered(answer?: CallAnswer): void;
  /** The caller left a stream before its end. */
  left(): void;
  failed(error: unknown, wasAborted?: boolean): void;
}

const TRUNCATED =
  "An answer was cut at the tier's limit of output tokens. With continueAtCap (LAPLAS_CONTINUE_AT_CAP, or the header x-laplas-continue) further requests continue such an answer; else ask for a shorter one.";

/** What was to be continued, and is cut all the same. */
function stillTruncated(ended: Ended): string {
  return `An answer was cut at the tier's limit of output tokens although continueAtCap is set: it ended with "${ended}".`;
}

export function observeCall(
  context: CallContext,
  endpoint: Endpoint,
  body: unknown,
  requestId: string | undefined,
  isPool = false,
): CallObserver {
  const { clock } = context.options;
  const startedAt = clock.now();
  const trace = traceCall(context, endpoint, () => askedModel(body), isPool);
  let plan: PreparedCall | undefined;
  let isOver = false;

  const end = (outcome: CallEvent["outcome"], error?: LaplasError, defect?: unknown): void => {
    if (isOver) return;
    isOver = true;
    const { usage } = plan?.totals ?? {};
    const unit = plan?.unit ?? context.options.tier.unit;
    const { parts, ended } = longReport(plan?.totals.long, plan?.totals.cost ?? 0, unit);
    // A reader that left has cut it.
    if (plan?.totals.truncated === true && ended !== "aborted") {
      context.warn(ended === undefined ? TRUNCATED : stillTruncated(ended));
    }
    const event: CallEvent = {
      type: "call",
      at: new Date(context.options.now()),
      endpoint,
      provider: plan?.provider ?? context.options.provider.id,
      model: plan?.found.id ?? askedModel(body),
      streamed: plan?.request.stream ?? false,
      outcome,
      ...(error === undefined ? {} : { code: error.code }),
      requestId: error?.requestId ?? plan?.totals.requestId ?? requestId ?? crypto.randomUUID(),
      ...costIn(unit, plan?.totals.cost ?? 0),
      estimated: plan?.totals.estimated ?? false,
      ...(usage?.prompt_tokens === undefined ? {} : { inputTokens: usage.prompt_tokens }),
      ...(usage?.completion_tokens === undefined ? {} : { outputTokens: usage.completion_tokens }),
      adjusted: plan?.adjusted ?? [],
      ...(plan?.totals.truncated === true ? { truncatedByTier: true } : {}),
      ...(parts === undefined ? {} : { parts: parts.length }),
      ...(ended === undefined ? {} : { ended }),
      waitedMs: Math.round(plan?.totals.waitedMs ?? 0),
      durationMs: Math.round(clock.now() - startedAt),
      ...(trace === undefined ? {} : { traceId: trace.traceId }),
    };
    trace?.ended(event, plan?.totals, error ?? defect);
    context.emit(event);
  };

  return {
    run: trace?.run ?? ((work) => work()),
    hears(form) {
      const answer = trace?.answer;
      if (answer === undefined) return form;
      return hearingForm(form, answer.chunk, answer.keepsContent);
    },
    planned(planned) {
      plan = planned;
      if (trace === undefined) return;
      plan.totals.trace = trace;
      trace.planned(plan);
    },
    answered(answer) {
      if (answer !== undefined) trace?.answer?.whole(answer);
      end("answered");
    },
    left: () => end("aborted"),
    failed(error, wasAborted = true) {
      if (!isLaplasError(error)) end(wasAborted ? "aborted" : "failed", undefined, error);
      // Without an attempt nothing left the machine.
      else end((plan?.totals.attempts ?? 0) === 0 ? "refused" : "failed", error);
    },
  };
}

/** The model's name of a call that was refused before it was read; a name, not whatever else may stand there. */
function askedModel(body: unknown): string {
  const model = (body as { model?: unknown } | null | undefined)?.model;
  // A copy: what is cut off a text keeps all of it in memory, for as long as a listener keeps the event.
  return typeof model === "string" ? Array.from(model.slice(0, 100)).join("") : "";
}
