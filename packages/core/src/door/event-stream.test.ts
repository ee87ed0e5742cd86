import { describe, expect, it } from "vitest";
import { rejection } from "../testing/engine.js";
import { toEventStream } from "./event-stream.js";

const text = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();
const quiet = new Request("http://x");
const data = (error: unknown): string => JSON.stringify({ error: String(error) });

async function* items(...values: string[]): AsyncGenerator<string> {
  yield* values;
}
async function* broken(error: unknown): AsyncGenerator<string> {
  yield "a";
  throw error;
}

describe("an event stream", () => {
  it("has one event for each item, and ends with [DONE]", async () => {
    expect(await text(toEventStream(items("a", "b"), quiet, data))).toBe("data: a\n\ndata: b\n\ndata: [DONE]\n\n");
  });

  it("has an item of several lines in one event", async () => {
    expect(await text(toEventStream(items("a\nb"), quiet, data))).toBe("data: a\ndata: b\n\ndata: [DONE]\n\n");
  });

  it("that breaks ends with an event that says so, and no [DONE]", async () => {
    expect(await text(toEventStream(broken("cut"), quiet, data))).toBe('data: a\n\ndata: {"error":"cut"}\n\n');
  });

  it("that is aborted breaks with the reason", async () => {
    const request = new Request("http://x", { signal: AbortSignal.abort(new Error("left")) });
    expect(await rejection(text(toEventStream(broken("cut"), request, data)))).toMatchObject({ message: "left" });
  });

  it("whose reader leaves tells the items", async () => {
    let isLeft = false;
    const endless = (async function* () {
      try {
        for (;;) yield "a";
      } finally {
        isLeft = true;
      }
    })();
    const reader = toEventStream(endless, quiet, data).getReader();
    await reader.read();
    await reader.cancel();
    expect(isLeft).toBe(true);
  });
});
