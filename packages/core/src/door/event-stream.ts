/**
 * Server-sent events from their data. A stream that breaks says so in an event of its own, which SDKs throw; it never ends as
 * if it were whole. The request is kept for as long as its stream is read: its signal follows the caller's only while it is not
 * collected.
 */
export function toEventStream(
  items: AsyncIterable<string>,
  request: Request,
  errorData: (error: unknown) => string,
): ReadableStream<Uint8Array> {
  const iterator = items[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const write = (data: string): Uint8Array => encoder.encode(`data: ${data.replaceAll("\n", "\ndata: ")}\n\n`);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        controller.enqueue(write(done === true ? "[DONE]" : value));
        if (done === true) controller.close();
      } catch (error) {
        if (request.signal.aborted) return controller.error(request.signal.reason);
        controller.enqueue(write(errorData(error)));
        controller.close();
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
