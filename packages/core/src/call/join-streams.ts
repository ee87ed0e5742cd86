import type { ChatCompletionChunk, Usage } from "../request/wire-types.js";
import { addUsage } from "./join-answers.js";

/** A chat's stream. */
export interface Stream {
  readonly items: AsyncIterable<ChatCompletionChunk>;
}

/**
 * Several chats as one stream, each opened when the one before has ended: the choices numbered in the order of the chats, and one
 * chunk of usage at the end.
 *
 * @param leave ends what is being opened, for a reader that leaves
 */
export function joinStreams(
  first: Stream,
  others: readonly (() => Promise<Stream>)[],
  each: number,
  leave: () => void,
): AsyncIterable<ChatCompletionChunk> {
  return {
    [Symbol.asyncIterator]() {
      let current = first.items[Symbol.asyncIterator]();
      let position = 0;
      let isLeft = false;
      let usage: Usage = {};
      /** The last chunk of usage alone. */
      let usageChunk: ChatCompletionChunk | undefined;

      const next = async (): Promise<IteratorResult<ChatCompletionChunk>> => {
        for (;;) {
          const step = await current.next();
          if (isLeft) return { done: true, value: undefined };
          if (step.done !== true) {
            const chunk = step.value;
            if (chunk.choices.length > 0 || !chunk.usage) return { done: false, value: numbered(chunk) };
            usageChunk = chunk;
            usage = addUsage(usage, chunk.usage);
            continue;
          }
          const open = others[position];
          if (open === undefined) break;
          const { items } = await open();
          current = items[Symbol.asyncIterator]();
          position += 1;
          if (isLeft) await current.return?.();
        }
        if (usageChunk === undefined) return { done: true, value: undefined };
        const value = { ...usageChunk, usage };
        usageChunk = undefined;
        return { done: false, value };
      };

      const numbered = (chunk: ChatCompletionChunk): ChatCompletionChunk => ({
        ...chunk,
        choices: chunk.choices.map((choice) => ({ ...choice, index: position * each + (choice.index ?? 0) })),
      });

      return {
        next,
        // Not a generator: that takes its end only between two steps, and a reader may leave in one.
        async return() {
          isLeft = true;
          leave();
          await current.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
