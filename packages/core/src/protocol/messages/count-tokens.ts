import { promptTokens } from "../../cost/estimate-cost.js";
import { isObject } from "../../dialect/field-values.js";
import { FatalUpstreamError } from "../../errors/upstream-errors.js";
import { readRequest } from "../../request/read-request.js";
import type { JsonObject } from "../../request/wire-types.js";
import { readMessagesRequest } from "./read-messages-request.js";

/** Model tokens that a chat's prompt is taken to have. @throws FatalUpstreamError `invalid_request` */
export function estimateInput(body: JsonObject): number {
  return Math.max(1, Math.ceil(promptTokens(readRequest("chat", body)).expected));
}

/**
 * The answer of `POST /v1/messages/count_tokens`: the estimate that streams begin with. Nothing is sent, and it costs nothing.
 *
 * @throws FatalUpstreamError `invalid_request` naming the client's field
 */
export function countTokens(given: unknown): { readonly input_tokens: number } {
  if (!isObject(given)) throw new FatalUpstreamError("invalid_request", "The request must be a JSON object.");
  return { input_tokens: estimateInput(readMessagesRequest(given).body) };
}
