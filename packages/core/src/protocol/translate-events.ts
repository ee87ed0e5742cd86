/**
 * Events in a protocol's words. Not a generator: that takes its end only between two steps, and the reader who leaves would be heard
 * with the next event only.
 *
 * @param write `undefined` for what the protocol has no event for
 */
export function translateEvents<Item>(
  items: AsyncIterable<Item>,
  write: (item: Item) => string | undefined,
): AsyncIterable<string> {
  return {
    [Symbol.asyncIterator]() {
      const source = items[Symbol.asyncIterator]();
      return {
        async next() {
          for (;;) {
            const step = await source.next();
            if (step.done === true) return { done: true, value: undefined };
            const event = write(step.value);
            if (event !== undefined) return { done: false, value: event };
          }
        },
        async return() {
          await source.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
