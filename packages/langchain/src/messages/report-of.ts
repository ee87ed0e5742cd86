import type { BaseMessage, ContentBlock } from "@langchain/core/messages";
import type { CallReport } from "@laplas/core";

/**
 * How an answer came about: what it cost, what was adjusted, how long it waited, what is left. Of a streamed answer, once its
 * chunks are put together; of pictures, as `LaplasImages` gives them; `undefined` for what this package has not made. The
 * same object as `response_metadata.laplas` of a message and `metadata.laplas` of a picture, which LangChain can't type.
 */
export function reportOf(answer: BaseMessage | readonly ContentBlock[]): CallReport | undefined {
  const metadata = Array.isArray(answer) ? answer[0]?.metadata : (answer as BaseMessage).response_metadata;
  return (metadata as { laplas?: CallReport } | undefined)?.laplas;
}
