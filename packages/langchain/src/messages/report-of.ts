import type { BaseMessage } from "@langchain/core/messages";
import type { CallReport } from "@laplas/core";

/**
 * How an answer came about: what it cost, what was adjusted, how long it waited, what is left. Of a streamed answer, once its
 * chunks are put together; `undefined` for messages that no model of this package wrote. The same object as
 * `response_metadata.laplas`, which LangChain can't type.
 */
export function reportOf(message: BaseMessage): CallReport | undefined {
  return (message.response_metadata as { laplas?: CallReport } | undefined)?.laplas;
}
