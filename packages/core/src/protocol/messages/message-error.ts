import type { WireError } from "../../errors/wire-error.js";
import type { ClientAnswer } from "../protocol.js";
import { LOST_THREAD } from "./refuse-thread.js";

/** Anthropic's types of errors by their status (platform.claude.com/docs/en/api/errors, November 2026). */
const TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

/**
 * An error in Anthropic's shape. Status and headers stay: its SDKs obey `x-should-retry` and `retry-after`. The details of a lost thread make
 * them send the whole conversation.
 */
export function toMessageError({ status, headers, body }: WireError): ClientAnswer {
  const requestId = headers["x-request-id"];
  const isLost = body.error.param === LOST_THREAD;
  const ownStatus = isLost ? 404 : status;
  const type = TYPES[ownStatus] ?? (status < 500 ? "invalid_request_error" : "api_error");
  const error = { type, message: body.error.message };
  return {
    status: ownStatus,
    headers: requestId === undefined ? headers : { ...headers, "request-id": requestId },
    body: { type: "error", error: isLost ? { ...error, details: { error_code: "thread_not_found" } } : error },
  };
}
