import type { WireError } from "../../errors/wire-error.js";
import type { ClientAnswer } from "../protocol.js";

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

/** An error in Anthropic's shape. Status and headers stay: its SDKs obey `x-should-retry` and `retry-after`. */
export function toMessageError({ status, headers, body }: WireError): ClientAnswer {
  const requestId = headers["x-request-id"];
  const type = TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return {
    status,
    headers: requestId === undefined ? headers : { ...headers, "request-id": requestId },
    body: { type: "error", error: { type, message: body.error.message } },
  };
}
