import type { EagerIterator } from "../call/event-channel.js";
import type { ClientEvent } from "../protocol/protocol.js";

/** What a stream of events is made with. */
export interface EventStreamOptions {
  /** Kept for as long as its stream is read: its signal follows the caller's only while it is not collected. */
  readonly request: Request;
  /** What a stream that is whole ends with. */
  readonly end: ClientEvent | undefined;
  /** An error as the event that a stream breaks off with. */
  readonly broken: (error: unknown) => ClientEvent;
  /** Whether a silence after the first event is broken by comments: proxies cut connections on which nothing comes, mostly after a minute. */
  readonly isCommented: boolean;
}

const COMMENT_MS = 10_000;
/** Events that have come together go on together, up to so many characters: each piece costs its reader several promises. */
const PIECE_LENGTH = 16_000;
const encoder = new TextEncoder();
const COMMENT = encoder.encode(": waiting\n\n");

/**
 * Server-sent events from their data. A stream that breaks says so in an event of its own, which SDKs throw; it never ends as
 * if it were whole.
 */
export function toEventStream(
  items: AsyncIterable<ClientEvent>,
  { request, end, broken, isCommented }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const iterator: EagerIterator<ClientEvent> = items[Symbol.asyncIterator]();
  let hasBegun = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (isCommented && hasBegun) {
        // A reader that has not taken the last one needs no other.
        timer = setInterval(() => (controller.desiredSize ?? 0) > 0 && controller.enqueue(COMMENT), COMMENT_MS);
        if (typeof timer === "object") timer.unref();
      }
      let text = "";
      try {
        const { done, value } = await iterator.next();
        const first = done === true ? end : value;
        for (let event = first; event !== undefined; event = nextOf(iterator, done, text)) text += written(event);
        if (text !== "") controller.enqueue(encoder.encode(text));
        hasBegun = true;
        if (done === true) controller.close();
      } catch (error) {
        if (request.signal.aborted) return controller.error(request.signal.reason);
        controller.enqueue(encoder.encode(text + written(broken(error))));
        controller.close();
      } finally {
        clearInterval(timer);
      }
    },
    async cancel() {
      clearInterval(timer);
      await iterator.return?.();
    },
  });
}

/** The next event of a piece. */
function nextOf(
  iterator: EagerIterator<ClientEvent>,
  isOver: boolean | undefined,
  before: string,
): ClientEvent | undefined {
  return isOver === true || before.length > PIECE_LENGTH ? undefined : iterator.nextNow?.();
}

function written(event: ClientEvent): string {
  if (typeof event === "string") return `data: ${event.replaceAll("\n", "\ndata: ")}\n\n`;
  return `event: ${event.name}\ndata: ${event.data.replaceAll("\n", "\ndata: ")}\n\n`;
}
