import type { CallReport, ChatCompletionChunk, ChatStream } from "@laplas/core";

/** A stream as the engine hands it out. */
export function chatStreamOf(choices: readonly object[][], more: object = {}): ChatStream {
  const head = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", ...more };
  const adjusted = [{ field: "max_tokens", to: "max_tokens=512", rule: "output_tokens" }];
  return {
    report: Promise.resolve({ truncatedByTier: true, adjusted, windows: [] } as unknown as CallReport),
    async *[Symbol.asyncIterator]() {
      for (const choice of choices) yield { ...head, choices: choice } as unknown as ChatCompletionChunk;
      yield { ...head, choices: [], usage: { total_tokens: 9 } } as unknown as ChatCompletionChunk;
    },
  };
}

/** One choice of one event. */
export function choiceOf(delta: object | null, finish_reason: string | null = null, index = 0): object {
  return { index, delta, finish_reason };
}
