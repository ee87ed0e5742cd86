import { expect, it } from "vitest";
import { translateEvents } from "./translate-events.js";

async function* numbers(): AsyncGenerator<number> {
  yield* [1, 2, 3, 4];
}

it("writes each item, and none that has no words", async () => {
  const events: string[] = [];
  const evens = (item: number) => (item % 2 === 0 ? `even ${item}` : undefined);
  for await (const event of translateEvents(numbers(), evens)) events.push(event);
  expect(events).toEqual(["even 2", "even 4"]);
});

it("passes on that the reader left while it waits for an item", async () => {
  const left = Promise.withResolvers<IteratorResult<number>>();
  const source = {
    next: () => left.promise,
    async return() {
      left.resolve({ done: true, value: undefined });
      return { done: true as const, value: undefined };
    },
  };
  const events = translateEvents({ [Symbol.asyncIterator]: () => source }, String)[Symbol.asyncIterator]();
  const waiting = events.next();
  await events.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
});
