import { FatalLimitError, FatalUpstreamError, RetryableLimitError, UpstreamError } from "@laplas/core";
import { expect, it } from "vitest";
import { toolErrorText } from "./tool-error-text.js";

it.each([
  [new RetryableLimitError("busy", "Busy.", { retryAfterMs: 2_100 }), "Retryable: wait 3 s. Busy."],
  [new UpstreamError("unavailable", "Down."), "Retryable: wait 60 s. Down."],
  [new FatalLimitError("request_cost", "Too dear."), "Fatal: do not retry. Too dear."],
  [new FatalUpstreamError("invalid_request", "Odd."), "Fatal: do not retry with these arguments. Odd."],
])("toolErrorText of %s", (error, text) => {
  expect(toolErrorText(error)).toBe(text);
});
