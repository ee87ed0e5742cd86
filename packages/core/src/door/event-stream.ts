/** What a stream of events is made with. */
export interface EventStreamOptions {
  /** Kept for as long as its stream is read: its signal follows the caller's only while it is not collected. */
  readonly request: Request;
  /** An error as the data of an event. */
  readonly errorData: (error: unknown) => string;
  /** Whether a silence after the first event is broken by comments: proxies cut connections on which nothing comes, mostly after a minute. */
  readonly isCommented: boolean;
}

const COMMENT_MS = 10_000;
const encoder = new TextEncoder();
const COMMENT = encoder.encode(": waiting\n\n");

/**
 * Server-sent events from their data. A stream that breaks says so in an event of its own, which SDKs throw; it never ends as
 * if it were whole.
 */
export function toEventStream(
  items: AsyncIterable<string>,
  { request, errorData, isCommented }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const iterator = items[Symbol.asyncIterator]();
  const write = (data: string): Uint8Array => encoder.encode(`data: ${data.replaceAll("\n", "\ndata: ")}\n\n`);
  let hasBegun = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (isCommented && hasBegun) {
        // A reader that has not taken the last one needs no other.
        timer = setInterval(() => (controller.desiredSize ?? 0) > 0 && controller.enqueue(COMMENT), COMMENT_MS);
        if (typeof timer === "object") timer.unref();
      }
      try {
        const { done, value } = await iterator.next();
        controller.enqueue(write(done === true ? "[DONE]" : value));
        hasBegun = true;
        if (done === true) controller.close();
      } catch (error) {
        if (request.signal.aborted) return controller.error(request.signal.reason);
        controller.enqueue(write(errorData(error)));
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
