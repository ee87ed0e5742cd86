import type { EagerIterator } from "../call/event-channel.js";
import type { ClientEvent } from "./protocol.js";

/** Writes the events of a stream, none or several for each item. */
export interface EventWriter<Item> {
  begin(): readonly ClientEvent[];
  read(item: Item): readonly ClientEvent[];
  /** The source has come to its end. */
  end(): readonly ClientEvent[];
}

/**
 * Events of a protocol that has others than chats. Not a generator: that takes its end only between two steps, and the reader who leaves would
 * be heard with the next event only. Nothing is written once the reader has left.
 */
export function expandEvents<Item>(items: AsyncIterable<Item>, writer: EventWriter<Item>): AsyncIterable<ClientEvent> {
  return {
    [Symbol.asyncIterator](): EagerIterator<ClientEvent> {
      const source: EagerIterator<Item> = items[Symbol.asyncIterator]();
      const due: ClientEvent[] = [...writer.begin()];
      let isOver = false;
      return {
        async next() {
          for (;;) {
            const event = due.shift();
            if (event !== undefined) return { done: false, value: event };
            if (isOver) return { done: true, value: undefined };
            const step = await source.next();
            // While it waited, the reader may have left.
            if (isOver) return { done: true, value: undefined };
            isOver = step.done === true;
            due.push(...(step.done === true ? writer.end() : writer.read(step.value)));
          }
        },
        nextNow() {
          while (due.length === 0 && !isOver) {
            const item = source.nextNow?.();
            if (item === undefined) break;
            due.push(...writer.read(item));
          }
          return due.shift();
        },
        async return() {
          isOver = true;
          due.length = 0;
          await source.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
