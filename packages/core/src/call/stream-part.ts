import { createParser } from "eventsource-parser";
import type { Reservation } from "../account/reservation.js";
import { closedError } from "../errors/closed-error.js";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";
import { TransportError, type UpstreamResponse } from "../transport/transport.js";
import type { CallContext } from "./call-context.js";
import type { EventChannel } from "./event-channel.js";
import { failedAnswer } from "./failed-answer.js";
import type { Part } from "./job.js";
import { observeRequest, type RequestObserver } from "./observe-request.js";
import { parseObject } from "./parse-object.js";
import type { PreparedCall, RequestBody } from "./prepared-call.js";
import { isProviderError, statusIn } from "./provider-error.js";
import { createDetachable, type Detachable } from "./race-abort.js";
import { requestIdOf } from "./request-id.js";
import { tokensOfCut } from "./runaway.js";
import { ERROR_CHARACTERS, send } from "./send.js";
import { chargeActual, chargeEstimate } from "./settle.js";
import { type PassEvent, readStreamEvents, type StreamEvents } from "./stream-events.js";
import { transportFailure } from "./upstream-error.js";

/** An event without end is none: the largest sensible one is a whole answer of many choices. */
const LARGEST_EVENT = 16_000_000;

/** One streamed request of a call. */
export interface StreamedPart {
  /** Settles with the head of its answer. */
  readonly head: Promise<unknown>;
  /** Settles with the upstream's end, whatever the reader does: then the place has been ended. Rejects with what broke the answer. */
  readonly done: Promise<StreamEvents>;
  /** The caller has gone: what is still to come is read for its cost alone, and not for long. */
  detach(): void;
}

/** Makes one streamed request. From its head on the upstream is read at its own speed into the channel. */
export function streamPart(
  context: CallContext,
  { plan, body, isFurther }: Part,
  reservation: Reservation,
  channel: Pick<EventChannel<unknown>, "isFull" | "ready">,
  pass: PassEvent,
): StreamedPart {
  const detachable = createDetachable(plan, () => context.transport.unref(), reservation.lost, context.options.clock);
  const observer = observeRequest(context, plan);
  const head = observer.run(() => send(context, plan, body, reservation, detachable.signal));
  const done = head
    .then(async (response) => {
      observer.head(response.status);
      // A call has one id: that of its first request.
      if (!isFurther) plan.totals.requestId = requestIdOf(response, context.options.apiKey) ?? plan.totals.requestId;
      const events = readStreamEvents(context, plan, body, pass);
      const reading = await readToEnd(response, events, channel, detachable, observer);
      await finish(context, plan, body, reservation, response, events, reading);
      return events;
    })
    .finally(() => detachable.ended());
  done.then(() => observer.ended(), observer.ended);
  const detach = (): void => {
    observer.left();
    detachable.detach();
  };
  return { head, done, detach };
}

/** How reading a stream came to its end. */
interface Reading {
  /** What broke it, if anything did. */
  readonly broken: unknown;
  /** The beginning of a body that has no events. */
  readonly text: string;
}

/** Reads the upstream to its end, or as far as anybody wants it. */
async function readToEnd(
  response: UpstreamResponse,
  events: StreamEvents,
  channel: Pick<EventChannel<unknown>, "isFull" | "ready">,
  { time, signal }: Detachable,
  observer: RequestObserver,
): Promise<Reading> {
  const { state } = events;
  let isHeard = false;
  const parser = createParser({
    maxBufferSize: LARGEST_EVENT,
    onError({ type }) {
      if (type !== "max-buffer-size-exceeded") return;
      events.fail(new FatalUpstreamError("unexpected_response", "An event of the upstream's stream has no end."));
    },
    onEvent(event) {
      if (!events.read(event)) return;
      isHeard = true;
      observer.heard();
    },
  });
  time.head();
  let text = "";
  try {
    for await (const piece of response.pieces()) {
      if (!state.hasStarted && text.length < ERROR_CHARACTERS) text += piece;
      parser.feed(piece);
      if (state.failure !== undefined || state.isCut) break;
      if (channel.isFull()) {
        time.pause();
        await channel.ready(signal);
        isHeard = true;
      }
      if (state.isEnded) time.close();
      else if (isHeard) time.heard();
      isHeard = false;
    }
    parser.reset({ consume: true });
  } catch (broken) {
    return { broken, text };
  } finally {
    events.end();
  }
  if (state.failure !== undefined || state.isCut) response.cancel();
  return { broken: undefined, text };
}

/** Settles a stream that was read. @throws what broke it */
async function finish(
  context: CallContext,
  plan: PreparedCall,
  body: RequestBody,
  reservation: Reservation,
  response: UpstreamResponse,
  events: StreamEvents,
  { broken, text }: Reading,
): Promise<void> {
  const { state } = events;
  if (!state.hasStarted && isProviderError(text, context.options.provider.signals.errorShapes)) {
    throw await failedAnswer(context, plan, body, reservation, response, statusIn(text), text);
  }
  // Some servers don't stream: such an answer is whole, though nobody can read it.
  const isWhole = broken === undefined && !state.hasStarted && parseObject(text) !== undefined;
  await settle(plan, body, reservation, events, broken, isWhole);
  if (state.failure !== undefined) throw state.failure;
  if (state.isComplete && !state.hasAnswer) {
    throw new FatalUpstreamError("unexpected_response", "The upstream's stream has no choices.");
  }
  // What breaks after the last word was said is no loss to the reader.
  if (state.isComplete || state.isCut) return;
  reservation.lost?.throwIfAborted();
  if (context.closed.aborted) throw closedError();
  if (broken instanceof TransportError) throw transportFailure(broken, context.options);
  if (broken === undefined && !state.hasStarted && !BEGINS_AS_STREAM.test(text)) {
    const what = "The upstream answered with something else than a stream of events.";
    throw new FatalUpstreamError("unexpected_response", what, { httpStatus: response.status });
  }
  const what = "The upstream's stream ended before the answer was complete.";
  throw broken ?? new UpstreamError("network", what, { retryAfterMs: context.options.provider.lingerMs });
}

/** Nothing, a comment, or a field. */
const BEGINS_AS_STREAM = /^\s*(?:$|:|data:|event:|id:|retry:)/;

async function settle(
  plan: PreparedCall,
  body: RequestBody,
  reservation: Reservation,
  { state, characters }: StreamEvents,
  broken: unknown,
  isWhole: boolean,
): Promise<void> {
  const { told, isComplete, isRefused } = state;
  const { credits } = told;
  if (isRefused) {
    // By the provider's own word nothing runs; and where nothing has come, nothing was done.
    if (credits !== undefined) await chargeActual(plan, reservation, { ...told, credits }, characters);
    else if (characters > 0) await chargeEstimate(plan, reservation, characters, { told });
    else await reservation.waive();
    return;
  }
  // The rest of an answer that is whole is its cost, and the end of the connection.
  const isOver =
    isWhole ||
    state.isEnded ||
    (isComplete && !state.isCut && state.failure === undefined && (broken === undefined || credits !== undefined));
  if (isOver && credits !== undefined) return chargeActual(plan, reservation, { ...told, credits }, characters);
  await chargeEstimate(plan, reservation, characters, {
    isUncertain: !isOver,
    isFailed: !isOver && characters === 0 && state.failure === undefined && !isSilent(broken),
    isAnswered: isComplete,
    leastTokens: state.isCut ? 0 : tokensOfCut(body, state.reasons),
    told,
  });
}

/** Whether what broke a stream says nothing of the server: this side hung up, or can't decode what came. */
function isSilent(broken: unknown): boolean {
  return broken instanceof TransportError && (broken.kind === "aborted" || broken.kind === "undecodable");
}
