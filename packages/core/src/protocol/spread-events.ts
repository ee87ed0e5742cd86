import type { ClientEvent } from "./protocol.js";

/** What a stream's events come from. */
export interface EventWriter<Item> {
  write(item: Item): readonly ClientEvent[];
  /** What follows when all items are written. */
  end(): readonly ClientEvent[];
}

/**
 * Several events, or none, for each item, and some at the end. Not a generator: that takes its end only between two steps, and the reader
 * who leaves would be heard with the next event only.
 */
export function spreadEvents<Item>(items: AsyncIterable<Item>, writer: EventWriter<Item>): AsyncIterable<ClientEvent> {
  return {
    [Symbol.asyncIterator]() {
      const source = items[Symbol.asyncIterator]();
      let ready: ClientEvent[] = [];
      let isOver = false;
      return {
        async next() {
          for (;;) {
            const event = ready.shift();
            if (event !== undefined) return { done: false, value: event };
            if (isOver) return { done: true, value: undefined };
            const step = await source.next();
            // The reader may have left meanwhile.
            if (isOver) continue;
            isOver = step.done === true;
            ready = [...(step.done === true ? writer.end() : writer.write(step.value))];
          }
        },
        async return() {
          isOver = true;
          ready = [];
          await source.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
