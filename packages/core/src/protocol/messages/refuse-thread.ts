import { isObject } from "../../dialect/field-values.js";
import { FatalUpstreamError } from "../../errors/upstream-errors.js";

/** The `param` of an error about a thread, by which the writer of errors recognizes it. */
export const LOST_THREAD = "thread.previous_message_id";

/**
 * A thread is a conversation that Anthropic's server stores (beta `message-threads-2026-08-12`): a request that continues one has only the
 * new messages. The tool runners of Anthropic's SDKs (js 1.14, py 2.14) ask for one by default, and send the whole conversation again if
 * it is not found. So a request that begins one is answered, and no thread is stored.
 *
 * @throws FatalUpstreamError `invalid_request` for a request that continues one: without the messages before, something else would be answered
 */
export function refuseThread(thread: unknown): void {
  if (!isObject(thread) || thread.type !== "continue") return;
  const message = "No thread is held here. Send the whole conversation in messages.";
  throw new FatalUpstreamError("invalid_request", message, { param: LOST_THREAD });
}
