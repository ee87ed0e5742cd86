import { expect, it } from "vitest";
import { expandEvents } from "./expand-events.js";

const writer = {
  begin: () => ["begin"],
  read: (item: number) => Array.from({ length: item }, (_, index) => `${item}.${index}`),
  end: () => ["end", "over"],
};

async function* numbers(): AsyncGenerator<number> {
  yield* [1, 0, 2];
}

it("writes what is due at the start, for each item, and at the end", async () => {
  const events: unknown[] = [];
  for await (const event of expandEvents(numbers(), writer)) events.push(event);
  expect(events).toEqual(["begin", "1.0", "2.0", "2.1", "end", "over"]);
});

it("passes on that the reader left while it waits for an item, and writes no end", async () => {
  const left = Promise.withResolvers<IteratorResult<number>>();
  let isEnded = false;
  const source = {
    next: () => left.promise,
    async return() {
      left.resolve({ done: true, value: undefined });
      return { done: true as const, value: undefined };
    },
  };
  const end = () => {
    isEnded = true;
    return ["end"];
  };
  const events = expandEvents({ [Symbol.asyncIterator]: () => source }, { ...writer, end })[Symbol.asyncIterator]();
  expect(await events.next()).toEqual({ done: false, value: "begin" });
  const waiting = events.next();
  await events.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(isEnded).toBe(false);
});

it("throws what the items throw", async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error("broken");
  }
  const events: unknown[] = [];
  const read = async (): Promise<void> => {
    for await (const event of expandEvents(broken(), writer)) events.push(event);
  };
  await expect(read()).rejects.toThrow("broken");
  expect(events).toEqual(["begin", "1.0"]);
});
