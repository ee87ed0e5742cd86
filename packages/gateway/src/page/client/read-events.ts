import { EventSourceParserStream } from "eventsource-parser/stream";

/** The `data` of server-sent events, one by one, from a body that may be cut anywhere. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void = () => {},
): AsyncGenerator<string> {
  const heard = new TransformStream<string, string>({
    transform(text, controller) {
      onBytes();
      controller.enqueue(text);
    },
  });
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(heard)
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value.data;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
