import type { BaseMessage, ContentBlock } from "@langchain/core/messages";
import type { MessageReport } from "./message-report.js";

/**
 * How an answer came about: what it cost, what was adjusted, how long it waited, what is left. Of a streamed answer, once its
 * chunks are put together; of pictures, as `LaplasImages` gives them; `undefined` for what this package has not made. The
 * same object as `response_metadata.laplas` of a message and `metadata.laplas` of a picture, which LangChain can't type.
 * Dates are ISO 8601 strings, so the report survives a checkpoint.
 */
export function reportOf(answer: BaseMessage | readonly ContentBlock[]): MessageReport | undefined {
  const metadata = Array.isArray(answer) ? answer[0]?.metadata : (answer as BaseMessage).response_metadata;
  return (metadata as { laplas?: MessageReport } | undefined)?.laplas;
}
