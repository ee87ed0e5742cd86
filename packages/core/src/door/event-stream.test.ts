import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEventChannel } from "../call/event-channel.js";
import { expandEvents } from "../protocol/expand-events.js";
import type { ClientEvent } from "../protocol/protocol.js";
import { rejection } from "../testing/engine.js";
import { toEventStream } from "./event-stream.js";

const text = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();
const quiet = new Request("http://x");
const data = (error: unknown): string => JSON.stringify({ error: String(error) });
const plain = { request: quiet, end: "[DONE]", broken: data, isCommented: false };

async function* items(...values: string[]): AsyncGenerator<string> {
  yield* values;
}
async function* broken(error: unknown): AsyncGenerator<string> {
  yield "a";
  throw error;
}

describe("an event stream", () => {
  it("has one event for each item, and ends with [DONE]", async () => {
    expect(await text(toEventStream(items("a", "b"), plain))).toBe("data: a\n\ndata: b\n\ndata: [DONE]\n\n");
  });

  it("has the names of events that have one, and ends without a word where its protocol has none", async () => {
    async function* named(): AsyncGenerator<ClientEvent> {
      yield { name: "first", data: "a\nb" };
    }
    const stream = toEventStream(named(), { ...plain, end: undefined });
    expect(await text(stream)).toBe("event: first\ndata: a\ndata: b\n\n");
  });

  it("has an item of several lines in one event", async () => {
    expect(await text(toEventStream(items("a\nb"), plain))).toBe("data: a\ndata: b\n\ndata: [DONE]\n\n");
  });

  it("that breaks ends with an event that says so, and no [DONE]", async () => {
    expect(await text(toEventStream(broken("cut"), plain))).toBe('data: a\n\ndata: {"error":"cut"}\n\n');
  });

  it("has events that came together in one piece, up to a bound", async () => {
    const channel = createEventChannel<string>(() => {});
    const long = "a".repeat(9_000);
    for (const event of ["a", "b", long, long, "c"]) channel.push(event, 1);
    channel.end();
    const pieces: string[] = [];
    for await (const piece of toEventStream(channel, plain)) pieces.push(new TextDecoder().decode(piece));
    expect(pieces).toEqual([
      `data: a\n\ndata: b\n\ndata: ${long}\n\ndata: ${long}\n\n`,
      "data: c\n\n",
      "data: [DONE]\n\n",
    ]);
  });

  it("that breaks in the midst of a piece has said what came before", async () => {
    const channel = createEventChannel<string>(() => {});
    for (const event of ["a", "b", "c"]) channel.push(event, 1);
    const read = (item: string): string[] => {
      if (item === "c") throw "cut";
      return [item, item];
    };
    const events = expandEvents(channel, { begin: () => ["begin"], read, end: () => [] });
    expect(await text(toEventStream(events, plain))).toBe(
      ["begin", "a", "a", "b", "b", '{"error":"cut"}'].map((event) => `data: ${event}\n\n`).join(""),
    );
  });

  it("that is aborted breaks with the reason", async () => {
    const request = new Request("http://x", { signal: AbortSignal.abort(new Error("left")) });
    expect(await rejection(text(toEventStream(broken("cut"), { ...plain, request })))).toMatchObject({
      message: "left",
    });
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
    const reader = toEventStream(endless, plain).getReader();
    await reader.read();
    await reader.cancel();
    expect(isLeft).toBe(true);
  });
});

describe("an event stream whose next event may wait for a turn", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  /** A stream of events that come when the test wants; the first has come. */
  async function open({ request = quiet, isCommented = true } = {}) {
    const channel = createEventChannel<string>(() => {});
    const reader = toEventStream(channel, { request, end: "[DONE]", broken: data, isCommented }).getReader();
    const decoder = new TextDecoder();
    const next = async (): Promise<string> => decoder.decode((await reader.read()).value);
    const first = next();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
    channel.push("a", 1);
    expect(await first).toBe("data: a\n\n");
    await vi.advanceTimersByTimeAsync(0);
    return { channel, reader, next };
  }

  it("has a comment every ten seconds of silence, and none before its first event", async () => {
    const { channel, next } = await open();
    for (let tenth = 0; tenth < 3; tenth += 1) {
      const told = next();
      await vi.advanceTimersByTimeAsync(9_999);
      expect(await Promise.race([told, "nothing"])).toBe("nothing");
      await vi.advanceTimersByTimeAsync(1);
      expect(await told).toBe(": waiting\n\n");
    }
    for (const event of ["b", "c"]) {
      const read = next();
      // With each event the silence begins anew.
      await vi.advanceTimersByTimeAsync(9_000);
      channel.push(event, 1);
      expect(await read).toBe(`data: ${event}\n\n`);
    }
    const last = next();
    channel.end();
    expect(await last).toBe("data: [DONE]\n\n");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("heaps up no comments for a reader that stands still", async () => {
    const { channel, next } = await open();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await next()).toBe(": waiting\n\n");
    channel.push("b", 1);
    expect(await next()).toBe("data: b\n\n");
  });

  it.each<[string, (opened: Awaited<ReturnType<typeof open>>, leave: AbortController) => unknown]>([
    ["its reader leaves", ({ reader }) => reader.cancel()],
    ["it breaks", ({ channel }) => channel.fail(new Error("cut"))],
    [
      "its caller aborts",
      ({ channel }, leave) => {
        leave.abort();
        channel.abort(leave.signal.reason);
      },
    ],
  ])("has no timer once %s", async (_, end) => {
    const leave = new AbortController();
    const opened = await open({ request: new Request("http://x", { signal: leave.signal }) });
    const second = opened.next().catch(() => {});
    expect(vi.getTimerCount()).toBe(1);
    await end(opened, leave);
    await second;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has a timer that holds no process", async () => {
    const fake = globalThis.setInterval;
    const timers: NodeJS.Timeout[] = [];
    const record: (...given: Parameters<typeof fake>) => NodeJS.Timeout = (...given) => {
      const timer = fake(...given);
      timers.push(timer);
      return timer;
    };
    globalThis.setInterval = Object.assign(record, fake);
    const { reader } = await open();
    // Before the real timers come back: a spy would stay in their place, on a clock that stands.
    globalThis.setInterval = fake;
    expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
    await reader.cancel();
  });

  it("of one request has no timer at all", async () => {
    const { reader } = await open({ isCommented: false });
    expect(vi.getTimerCount()).toBe(0);
    await reader.cancel();
  });
});
