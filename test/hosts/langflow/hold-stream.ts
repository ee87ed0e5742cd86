/** A stream that stands still in the middle until it is let go, so that a test sees its first half. */
export interface HeldStream {
  readonly fetch: typeof fetch;
  release(): void;
}

/** Holds the streams of a `fetch` after the first event with these words. */
export function holdStream(words: string): HeldStream {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  return {
    release,
    async fetch(input, init) {
      const response = await fetch(input, init);
      if (!response.headers.get("content-type")?.includes("event-stream")) return response;
      const text = await response.text();
      const end = text.indexOf("\n\n", text.indexOf(words)) + 2;
      const halves = [text.slice(0, end), text.slice(end)].map((half) => new TextEncoder().encode(half));
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const half = halves.shift();
          if (halves.length === 0) await released;
          if (half !== undefined) controller.enqueue(half);
          if (halves.length === 0) controller.close();
        },
      });
      return new Response(body, { status: response.status, headers: response.headers });
    },
  };
}
