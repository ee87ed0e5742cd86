import type { Reservation } from "../account/reservation.js";
import { closedError } from "../errors/closed-error.js";
import type { CallContext } from "./call-context.js";
import { createEventChannel, type EventChannel } from "./event-channel.js";
import type { ChatJob, Part } from "./job.js";
import type { PreparedCall } from "./prepared-call.js";
import { abortReason, raceAbort } from "./race-abort.js";
import { withRetries } from "./retry.js";
import type { PassEvent } from "./stream-events.js";
import type { StreamForm } from "./stream-form.js";
import { type StreamedPart, streamPart } from "./stream-part.js";

/** A stream whose head has come. */
export interface OpenStream<Item> {
  readonly items: EventChannel<Item>;
  /** Whether it is of one request, between whose events nothing waits for a turn. */
  readonly isOne: boolean;
  /** Settles with the first event, or the end. Rejects with what the reader gets, where nothing came before it. */
  readonly begun: Promise<void>;
  /** Settles with the upstream's end, whatever the reader does. Rejects with what the reader gets. */
  readonly done: Promise<void>;
  /** Whether the reader left before the end. */
  wasLeft(): boolean;
}

/** What an event takes beside its characters, in the same measure: else a million tiny ones are within the bound. */
const EVENT_OVERHEAD = 200;

/** Takes the place of a request, waiting for it. */
export type AcquireSlot = (context: CallContext, part: Part, signal: AbortSignal | undefined) => Promise<Reservation>;

/**
 * Streams an answer; returns with the head of its first request. From then on the upstream is read at its own speed into the buffer, and
 * the place ends with the upstream: another call inside the reader's loop can't wait for this one's reader. The requests of a job are
 * made in turn, each when the one before has ended.
 *
 * @throws LaplasError, or the signal's reason
 */
export async function answerStream<Item>(
  context: CallContext,
  plan: PreparedCall,
  job: ChatJob,
  form: StreamForm<Item>,
  acquireSlot: AcquireSlot,
): Promise<OpenStream<Item>> {
  const { signal } = plan;
  const { closed } = context;
  const left = new AbortController();
  let current: StreamedPart | undefined;
  const detach = (): void => {
    left.abort();
    current?.detach();
  };
  const channel = createEventChannel<Item>(detach);
  const begun = Promise.withResolvers<void>();
  const push: PassEvent = (chunk, raw, size) => {
    begun.resolve();
    channel.push(form(chunk, raw), size + EVENT_OVERHEAD);
  };
  /** What comes of a request that was given up is read for its cost alone. */
  let heard: Part | undefined;
  const passFor = (part: Part): PassEvent => {
    const pass: PassEvent = (chunk, raw, size) => {
      if (heard !== part) return;
      const read = job.read(chunk);
      if (read !== undefined) push(read, read === chunk ? raw : undefined, size);
    };
    const { ofText } = form;
    // What is put together of several requests is read piece by piece.
    if (!job.isOne || ofText === undefined) return pass;
    const text = (raw: string): void => {
      if (heard === part) channel.push(ofText(raw), raw.length + EVENT_OVERHEAD);
    };
    return Object.assign(pass, { text });
  };

  /** Begins a request; settles with its head. */
  const begin = (part: Part, wanted: AbortSignal | undefined): Promise<StreamedPart> => {
    return withRetries(context, { ...part, plan: { ...part.plan, signal: wanted } }, async () => {
      const reservation = await acquireSlot(context, part, wanted);
      const { lost } = reservation;
      heard = part;
      const begun = streamPart(context, part, reservation, channel, passFor(part));
      current = begun;
      // A reader that stands still would hold up the end of a call whose place is lost.
      const giveUp = (): void => channel.abort(lost?.reason);
      if (!job.isGoingOn) lost?.addEventListener("abort", giveUp, { once: true });
      const over = (): void => lost?.removeEventListener("abort", giveUp);
      begun.done.then(over, over);
      await raceAbort(begun.head, wanted, begun.detach);
      return begun;
    });
  };

  /** Reads a request's stream to its end. An answer that has begun is not given up with a caller who leaves: it ends as it is. */
  const readPart = async (part: StreamedPart, wanted: AbortSignal | undefined): Promise<void> => {
    const { usageChunk } = await (job.isGoingOn ? raceAbort(part.done, wanted, part.detach) : part.done);
    job.ended(usageChunk);
  };

  /** What follows the head of the first request. */
  const readOn = async (first: StreamedPart): Promise<void> => {
    await readPart(first, signal);
    let wanted: AbortSignal | undefined;
    for (;;) {
      const next = job.next();
      for (const chunk of job.ready()) push(chunk, undefined, 0);
      if (next === undefined) return;
      wanted ??= signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
      try {
        await readPart(await begin(next, wanted), wanted);
      } catch (error) {
        heard = undefined;
        const failure = job.failed(error);
        if (failure !== undefined) throw failure;
      }
    }
  };

  const part = job.next();
  if (part === undefined) throw new TypeError("a call without a request");
  const first = await begin(part, signal);
  // After an abort the upstream is read on, for its cost alone: the channel drops what comes.
  const stop = (): void => {
    if (!job.isGoingOn) channel.abort(abortReason(signal as AbortSignal));
    detach();
  };
  const giveUp = (): void => (job.isGoingOn ? detach() : channel.abort(closedError()));
  signal?.addEventListener("abort", stop, { once: true });
  closed.addEventListener("abort", giveUp, { once: true });
  // Between the head and here nobody listened.
  if (signal?.aborted === true) stop();
  if (closed.aborted) giveUp();
  const done = readOn(first).finally(() => {
    signal?.removeEventListener("abort", stop);
    closed.removeEventListener("abort", giveUp);
  });
  done.then(channel.end, channel.fail);
  done.then(begun.resolve, begun.reject);
  begun.promise.catch(() => {});
  // Of a reader who left the cost is known when the upstream has ended. One who aborted waits for nothing, and nothing may hold the process.
  const isOver = done.finally(() =>
    channel.left && signal?.aborted !== true ? current?.done.catch(() => {}) : undefined,
  );
  return { items: channel, isOne: job.isOne, begun: begun.promise, done: isOver, wasLeft: () => channel.left };
}
