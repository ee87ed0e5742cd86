import { createParser } from "eventsource-parser";

/** The `data` of server-sent events, one by one, from a body that may be cut anywhere. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void = () => {},
): AsyncGenerator<string> {
  // Read by hand: leaving a chain of streams would let the body go some time later.
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let read: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => read.push(data) });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      parser.feed(value);
      yield* read;
      read = [];
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
