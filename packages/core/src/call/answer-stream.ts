import { createParser } from "eventsource-parser";
import { readCost } from "../cost/read-cost.js";
import type { ChunkReader } from "../dialect/dialect.js";
import { closedError } from "../errors/closed-error.js";
import { hideSecrets } from "../errors/hide-secrets.js";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";
import { promptTexts } from "../request/text-of.js";
import type { ChatCompletionChunk, JsonObject } from "../request/wire-types.js";
import { TransportError, type UpstreamResponse } from "../transport/transport.js";
import type { CallPlan, RequestBody } from "./call-plan.js";
import { checkChunk } from "./check-answer.js";
import type { CallContext } from "./context.js";
import { createEventChannel, type EventChannel } from "./event-channel.js";
import type { Reservation } from "./reserve.js";
import { send } from "./send.js";
import { chargeActual, chargeEstimate } from "./settle.js";
import { transportFailure } from "./upstream-error.js";
import { abortReason, createDrainable, whileWanted } from "./while-wanted.js";

/**
 * What a door reads of each event: the chunk, or its text for doors that pass it on. Only that waits for a slow reader: text
 * takes a fifth of the memory of a parsed chunk.
 *
 * @param raw as the server wrote it, where its shape is OpenAI's already
 */
export type StreamForm<Item> = (chunk: ChatCompletionChunk, raw: string | undefined) => Item;

/** A stream whose head has come. */
export interface OpenStream<Item> {
  readonly items: EventChannel<Item>;
  /** Settles with the upstream's end, whatever the reader does. Rejects with what the reader gets. */
  readonly done: Promise<void>;
  /** Whether the reader left before the end. */
  wasLeft(): boolean;
}

/** What an event takes beside its characters, in the same measure: else a million tiny ones are within the bound. */
const EVENT_OVERHEAD = 200;
/** An event without end is none: the largest sensible one is a whole answer of many choices. */
const LARGEST_EVENT = 16_000_000;

/** The way of an event to its reader. */
interface Passage {
  event(chunk: ChatCompletionChunk, raw: string | undefined, size: number): void;
  /** Resolves when the reader has room. */
  ready(): Promise<void>;
}

/** What has been seen of a stream. */
interface Progress {
  cost: number | undefined;
  characters: number;
  complete: boolean;
  readonly reader: ChunkReader | undefined;
  /** Whether any event has come. */
  started: boolean;
  /** Whether any of them was part of an answer. */
  answered: boolean;
}

/**
 * Makes one streamed request; returns with its head. From then on the upstream is read at its own speed into the buffer, and
 * the place ends with the upstream: another call inside the reader's loop can't wait for this one's reader.
 *
 * @throws LaplasError, or the signal's reason
 */
export async function answerStream<Item>(
  context: CallContext,
  plan: CallPlan,
  body: RequestBody,
  reservation: Reservation,
  form: StreamForm<Item>,
): Promise<OpenStream<Item>> {
  const { signal } = plan;
  const drainable = createDrainable(() => context.transport.unref(), reservation.lost);
  const channel = createEventChannel<Item>(drainable.leave);
  const pass: Passage = {
    event: (chunk, raw, size) => channel.push(form(chunk, raw), size + EVENT_OVERHEAD),
    ready: channel.ready,
  };
  const head = send(context, plan, body, reservation, drainable.signal);
  // After an abort the upstream is read on, for its cost alone: the channel drops what comes.
  const stop = (): void => {
    channel.abort(abortReason(signal as AbortSignal));
    drainable.leave();
  };
  // A reader that stands still would hold up the end of a call whose place is lost, or whose engine is closed.
  const { closed } = context;
  const { lost } = reservation;
  const giveUp = (): void => channel.abort(lost?.aborted === true ? lost.reason : closedError());
  signal?.addEventListener("abort", stop, { once: true });
  closed.addEventListener("abort", giveUp, { once: true });
  lost?.addEventListener("abort", giveUp, { once: true });
  const done = head
    .then((response) => pump(context, plan, response, reservation, pass))
    .finally(() => {
      signal?.removeEventListener("abort", stop);
      closed.removeEventListener("abort", giveUp);
      lost?.removeEventListener("abort", giveUp);
      drainable.ended();
    });
  done.then(channel.end, channel.fail);
  await whileWanted(head, signal, stop);
  return { items: channel, done, wasLeft: () => channel.left };
}

/** Reads the upstream to its end, then settles. @throws what broke the stream */
async function pump(
  context: CallContext,
  plan: CallPlan,
  response: UpstreamResponse,
  reservation: Reservation,
  pass: Passage,
): Promise<void> {
  const reader = plan.adapted.dialect?.readStream();
  const progress: Progress = {
    cost: undefined,
    characters: 0,
    complete: false,
    reader,
    started: false,
    answered: false,
  };
  let failure: unknown;
  const parser = createParser({
    maxBufferSize: LARGEST_EVENT,
    onError: ({ type }) => {
      if (type !== "max-buffer-size-exceeded") return;
      failure ??= new FatalUpstreamError("unexpected_response", "An event of the upstream's stream has no end.");
    },
    onEvent: ({ data }) => {
      if (failure === undefined) failure = readEvent(context, plan, data, progress, pass);
    },
  });
  plan.tally.requestId = response.header("x-request-id") ?? plan.tally.requestId;
  let broken: unknown;
  let hasText = false;
  try {
    for await (const piece of response.pieces()) {
      hasText = true;
      parser.feed(piece);
      if (failure !== undefined) break;
      await pass.ready();
    }
    parser.reset({ consume: true });
  } catch (error) {
    broken = error;
  }
  const rest = reader?.end();
  if (rest !== undefined) pass.event(rest, undefined, JSON.stringify(rest).length);
  const isClosed = context.closed.aborted;
  const mayRunOn =
    broken instanceof TransportError && (broken.kind === "aborted" || broken.kind === "timeout" || isClosed);
  await settle(plan, reservation, progress, mayRunOn);
  if (failure !== undefined) {
    response.cancel();
    throw failure;
  }
  if (progress.complete && !progress.answered) {
    throw new FatalUpstreamError("unexpected_response", "The upstream's stream has no choices.");
  }
  // What breaks after the last word was said is no loss to the reader.
  if (progress.complete) return;
  reservation.lost?.throwIfAborted();
  if (isClosed) throw closedError();
  if (broken instanceof TransportError) throw transportFailure(broken, context.options.baseURL);
  if (broken === undefined && hasText && !progress.started) {
    throw new FatalUpstreamError(
      "unexpected_response",
      "The upstream answered with something else than a stream of events.",
      {
        httpStatus: response.status,
      },
    );
  }
  throw broken ?? new UpstreamError("network", "The upstream's stream ended before the answer was complete.");
}

/** Passes one event on; returns what is wrong with it, if anything is. */
function readEvent(context: CallContext, plan: CallPlan, data: string, progress: Progress, pass: Passage): unknown {
  progress.started = true;
  if (data === "[DONE]") {
    progress.complete = true;
    return undefined;
  }
  const parsed = parseChunk(data);
  if (parsed === undefined) {
    return new FatalUpstreamError("unexpected_response", "An event of the upstream's stream is no JSON object.");
  }
  if (parsed.error !== undefined && parsed.choices === undefined) return eventError(context, plan, parsed);
  progress.cost = readCost(parsed) ?? progress.cost;
  const original = parsed as unknown as ChatCompletionChunk;
  let checked: ChatCompletionChunk;
  try {
    checked = checkChunk(original);
  } catch (error) {
    return error;
  }
  // What is paid for are the characters as the model wrote them, marks included.
  progress.characters += deltaLength(checked.choices[0]?.delta);
  const chunk = progress.reader?.read(checked) ?? checked;
  const [choice] = chunk.choices;
  progress.answered ||= choice !== undefined;
  if (choice?.finish_reason) {
    progress.complete = true;
    if (choice.finish_reason === "length" && plan.cappedByTier) plan.tally.truncated = true;
  }
  const isUsageOnly = choice === undefined && chunk.usage !== undefined;
  if (isUsageOnly && !plan.request.includeUsage) return undefined;
  pass.event(chunk, chunk === original ? data : undefined, data.length);
  return undefined;
}

async function settle(
  plan: CallPlan,
  reservation: Reservation,
  { cost, characters, complete }: Progress,
  aborted: boolean,
): Promise<void> {
  if (cost === undefined) await chargeEstimate(plan, reservation, characters, { answered: complete, aborted });
  else await chargeActual(plan, reservation, cost);
}

function parseChunk(data: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function eventError({ options }: CallContext, plan: CallPlan, { error }: JsonObject): UpstreamError {
  const said = (error as { message?: unknown } | null)?.message ?? error;
  const message =
    typeof said === "string" ? hideSecrets(said, options.apiKey, promptTexts(plan.request)) : "no reason given";
  return new UpstreamError("unavailable", `The upstream broke its stream off: ${message}`);
}

function deltaLength(delta: ChatCompletionChunk["choices"][number]["delta"] | undefined): number {
  let length = (delta?.content?.length ?? 0) + (delta?.reasoning_content?.length ?? 0);
  for (const call of delta?.tool_calls ?? []) length += call.function?.arguments?.length ?? 0;
  return length;
}
