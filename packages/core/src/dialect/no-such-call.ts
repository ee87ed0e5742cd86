import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage } from "../request/wire-types.js";

/** The error for a result that answers no call. */
export function noSuchCall({ tool_call_id: id, name }: ChatMessage, place: number): FatalUpstreamError {
  const what =
    typeof id === "string" ? `call ${quote(id)}` : typeof name === "string" ? `function ${quote(name)}` : "no call";
  return new FatalUpstreamError(
    "invalid_request",
    `messages[${place}] is the result of ${what}, which no other message made. Send the call too, or leave the result out.`,
    { param: `messages[${place}]` },
  );
}
