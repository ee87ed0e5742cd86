import { describe, expect, it } from "vitest";
import { rejection } from "../testing/engine.js";
import { createEventChannel } from "./event-channel.js";

function setup() {
  let left = 0;
  const channel = createEventChannel<number>(() => {
    left += 1;
  });
  return { channel, left: () => left };
}

async function collect(items: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("the event channel", () => {
  it("brings events in order, those written before the reader came and those after", async () => {
    const { channel, left } = setup();
    channel.push(1, 1);
    const read = collect(channel);
    channel.push(2, 1);
    await new Promise((resolve) => setImmediate(resolve));
    channel.push(3, 1);
    channel.end();
    expect(await read).toEqual([1, 2, 3]);
    expect(left()).toBe(0);
  });

  it("fails after the events that came before", async () => {
    const { channel } = setup();
    channel.push(1, 1);
    channel.fail(new Error("cut"));
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of channel) seen.push(item);
    })();
    expect(await rejection(reading)).toMatchObject({ message: "cut" });
    expect(seen).toEqual([1]);
  });

  it("gives what has come without a promise, and nothing of what comes or of an end", async () => {
    const { channel, left } = setup();
    const iterator = channel[Symbol.asyncIterator]();
    expect(iterator.nextNow()).toBeUndefined();
    channel.push(1, 1);
    channel.push(2, 1);
    expect(await iterator.next()).toMatchObject({ value: 1 });
    expect([iterator.nextNow(), iterator.nextNow()]).toEqual([2, undefined]);
    channel.push(3, 1);
    channel.fail(new Error("cut"));
    expect([iterator.nextNow(), iterator.nextNow()]).toEqual([3, undefined]);
    expect(await rejection(iterator.next())).toMatchObject({ message: "cut" });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(left()).toBe(0);
  });

  it("gives nothing more to a reader that has left", async () => {
    const { channel, left } = setup();
    const iterator = channel[Symbol.asyncIterator]();
    channel.push(1, 1);
    await iterator.return();
    channel.push(2, 1);
    expect(iterator.nextNow()).toBeUndefined();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(left()).toBe(1);
  });

  it("aborts at once, whatever is unread", async () => {
    const { channel } = setup();
    channel.push(1, 1);
    channel.push(2, 1);
    const iterator = channel[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: 1 });
    channel.abort("gone");
    expect(await rejection(iterator.next())).toBe("gone");
  });

  it("holds the writer while the buffer is full, until the reader has caught up", async () => {
    const { channel } = setup();
    channel.push(1, 1_000_000);
    await channel.ready();
    channel.push(2, 1);
    let ready = false;
    const waiting = channel.ready().then(() => {
      ready = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(ready).toBe(false);
    const iterator = channel[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    void iterator.next();
    await waiting;
    expect(ready).toBe(true);
  });

  it.each(["leaves", "aborts", "ends"])("lets the writer go when the stream %s", async (how) => {
    const { channel } = setup();
    channel.push(1, 9_000_000);
    const waiting = channel.ready();
    if (how === "leaves") for await (const _ of channel) break;
    if (how === "aborts") channel.abort("gone");
    if (how === "ends") channel.end();
    await waiting;
  });

  it("tells once that the reader left, and drops what comes after", async () => {
    const { channel, left } = setup();
    channel.push(1, 1);
    for await (const _ of channel) break;
    expect(channel.left).toBe(true);
    expect(left()).toBe(1);
    channel.push(2, 9_000_000);
    await channel.ready();
    channel.end();
    expect(channel.left).toBe(true);
  });

  it("hears of a reader who leaves while waiting for the next event, as a closed connection does", async () => {
    const { channel, left } = setup();
    const iterator = channel[Symbol.asyncIterator]();
    const next = iterator.next();
    void iterator.return?.();
    expect(left()).toBe(1);
    expect(channel.left).toBe(true);
    expect(await next).toMatchObject({ done: true });
  });

  it.each(["ends", "fails"])("takes nothing more after it %s", async (how) => {
    const { channel } = setup();
    channel.push(1, 1);
    if (how === "ends") channel.end();
    else channel.fail(new Error("cut"));
    channel.push(2, 1);
    channel.end();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of channel) seen.push(item);
    })();
    if (how === "fails") expect(await rejection(reading)).toMatchObject({ message: "cut" });
    else await reading;
    expect(seen).toEqual([1]);
  });

  it("is no early leave after the end", async () => {
    const { channel, left } = setup();
    channel.push(1, 1);
    channel.end();
    for await (const _ of channel) break;
    expect(left()).toBe(0);
    expect(channel.left).toBe(false);
  });
});
