import type { ChatCompletion, ChatCompletionChunk, ChatStream, WithReport } from "@laplas/core";

/** A whole answer as a stream of one chunk, for `disableStreaming` where LangChain asks for a stream. */
export function streamOfAnswer(ask: () => Promise<WithReport<ChatCompletion>>): ChatStream {
  const { promise: report, resolve } = Promise.withResolvers<Awaited<ChatStream["report"]>>();
  return {
    report,
    async *[Symbol.asyncIterator]() {
      const { laplas, ...answer } = await ask();
      resolve(laplas);
      yield toChunk(answer as ChatCompletion);
    },
  };
}

function toChunk({ choices, ...answer }: ChatCompletion): ChatCompletionChunk {
  return {
    ...answer,
    object: "chat.completion.chunk",
    choices: choices.map(({ message, ...choice }) => {
      const { tool_calls: calls, ...delta } = message;
      return { ...choice, delta: { ...delta, ...(calls && { tool_calls: calls.map(numbered) }) } };
    }),
  };
}

function numbered<Call extends object>(call: Call, index: number): Call & { index: number } {
  return { ...call, index };
}
