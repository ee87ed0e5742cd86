import { describe, expect, it, test } from "vitest";
import { rejection } from "../testing/engine.js";
import { createPieceQueue } from "./piece-queue.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function setup() {
  const told: string[] = [];
  const queue = createPieceQueue({
    onFull: () => told.push("full"),
    onDrained: () => told.push("drained"),
    onLeave: () => told.push("left"),
  });
  return { queue, told };
}

async function collect(pieces: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

describe("pieces", () => {
  it("come in order, those from before the reader and those after", async () => {
    const { queue, told } = setup();
    queue.push(bytes("a"));
    const read = collect(queue.pieces());
    queue.push(bytes("b"));
    await new Promise((resolve) => setImmediate(resolve));
    queue.push(bytes("c"));
    queue.end();
    expect(await read).toEqual(["a", "b", "c"]);
    expect(told).toEqual([]);
  });

  it("are whole characters, wherever the bytes were cut", async () => {
    const { queue } = setup();
    const [whole] = [bytes("grün 🌿")];
    for (const byte of whole ?? []) queue.push(Uint8Array.of(byte));
    queue.end();
    expect((await collect(queue.pieces())).join("")).toBe("grün 🌿");
  });

  it("show that the last character was cut", async () => {
    const { queue } = setup();
    queue.push(bytes("🌿").slice(0, 2));
    queue.end();
    expect((await collect(queue.pieces())).join("")).toBe("\ufffd");
  });

  it("come before the failure that follows them", async () => {
    const { queue, told } = setup();
    queue.push(bytes("a"));
    queue.fail(new Error("reset"));
    const seen: string[] = [];
    const read = (async () => {
      for await (const piece of queue.pieces()) seen.push(piece);
    })();
    expect(await rejection(read)).toMatchObject({ message: "reset" });
    expect(seen).toEqual(["a"]);
    expect(told).toEqual([]);
  });

  it("end with the first end: what is told later is not heard", async () => {
    const { queue } = setup();
    queue.end();
    queue.fail(new Error("late"));
    expect(await collect(queue.pieces())).toEqual([]);
  });

  it("whose reader leaves tell so, unless all had come", async () => {
    const { queue, told } = setup();
    queue.push(bytes("a"));
    for await (const _ of queue.pieces()) break;
    expect(told).toEqual(["left"]);
    const other = setup();
    other.queue.push(bytes("a"));
    other.queue.end();
    for await (const _ of other.queue.pieces()) break;
    expect(other.told).toEqual([]);
  });
});

describe("a whole text", () => {
  test.each([
    ["nothing", []],
    ["one piece", ["yes"]],
    ["many pieces", ["y", "e", "s"]],
  ])("is made of %s", async (_, pieces) => {
    const { queue } = setup();
    const text = queue.text(100);
    for (const piece of pieces) queue.push(bytes(piece));
    queue.end();
    expect(await text).toBe(pieces.join(""));
  });

  it("is whole characters, wherever the bytes were cut", async () => {
    const { queue } = setup();
    for (const byte of bytes("grün 🌿")) queue.push(Uint8Array.of(byte));
    queue.end();
    expect(await queue.text(100)).toBe("grün 🌿");
  });

  it("tells of each piece that is not blanks alone", async () => {
    const { queue } = setup();
    const seen: string[] = [];
    const text = queue.text(100, () => seen.push("content"));
    for (const piece of [" ", "\n\r\t ", "{", "", " 1", "}", "\n"]) queue.push(bytes(piece));
    queue.end();
    expect(await text).toBe(" \n\r\t { 1}\n");
    expect(seen).toHaveLength(3);
  });

  test.each([
    [3, "yes", []],
    [2, "yes", ["left"]],
  ])("of three bytes, with a bound of %i, is %j", async (bound, expected, tells) => {
    const { queue, told } = setup();
    queue.push(bytes("yes"));
    if (tells.length === 0) queue.end();
    expect(await queue.text(bound)).toBe(expected);
    expect(told).toEqual(tells);
  });

  it("that breaks off is no text, but one that had enough is", async () => {
    const broken = setup();
    broken.queue.push(bytes("yes"));
    broken.queue.fail(new Error("reset"));
    expect(await rejection(broken.queue.text(100))).toMatchObject({ message: "reset" });
    const enough = setup();
    enough.queue.push(bytes("yes"));
    enough.queue.fail(new Error("reset"));
    expect(await enough.queue.text(2)).toBe("yes");
  });
});

describe("a writer that is faster than its reader", () => {
  it("hears once that the queue is full, and once that there is room", async () => {
    const { queue, told } = setup();
    queue.push(new Uint8Array(256_000));
    expect(told).toEqual([]);
    queue.push(new Uint8Array(1));
    queue.push(new Uint8Array(1));
    expect(told).toEqual(["full"]);
    const reader = queue.pieces();
    await reader.next();
    expect(told).toEqual(["full", "drained"]);
    queue.push(new Uint8Array(256_001));
    expect(told).toEqual(["full", "drained", "full"]);
  });

  it("is not told of room by a reader that takes little", async () => {
    const { queue, told } = setup();
    queue.push(bytes("a"));
    await queue.pieces().next();
    expect(told).toEqual([]);
  });
});
