import { expect, it } from "vitest";
import { spreadEvents } from "./spread-events.js";

async function* numbers(): AsyncGenerator<number> {
  yield* [0, 1, 2];
}

const writer = {
  write: (item: number) => Array.from({ length: item }, (_, place) => `${item}.${place}`),
  end: () => ["last", "very last"],
};

it("writes several events for an item, or none, and those of the end", async () => {
  const events: unknown[] = [];
  for await (const event of spreadEvents(numbers(), writer)) events.push(event);
  expect(events).toEqual(["1.0", "2.0", "2.1", "last", "very last"]);
});

it("throws what the items throw, without an end", async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error("cut");
  }
  const events: unknown[] = [];
  const read = async (): Promise<void> => {
    for await (const event of spreadEvents(broken(), writer)) events.push(event);
  };
  await expect(read()).rejects.toThrow("cut");
  expect(events).toEqual(["1.0"]);
});

it("passes on that the reader left while it waits for an item, and says nothing more", async () => {
  const left = Promise.withResolvers<IteratorResult<number>>();
  const source = {
    next: () => left.promise,
    async return() {
      left.resolve({ done: true, value: undefined });
      return { done: true as const, value: undefined };
    },
  };
  const events = spreadEvents({ [Symbol.asyncIterator]: () => source }, writer)[Symbol.asyncIterator]();
  const waiting = events.next();
  await events.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await events.next()).toEqual({ done: true, value: undefined });
});
