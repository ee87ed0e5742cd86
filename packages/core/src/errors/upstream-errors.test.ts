import { describe, expect, test } from "vitest";
import { FatalUpstreamError, UpstreamError } from "./upstream-errors.js";

describe("an upstream in trouble", () => {
  test.each(["unavailable", "timeout", "network"] as const)("(%s) is retryable", (code) => {
    const error = new UpstreamError(code, "Down.", { httpStatus: 503, retryAfterMs: 5 });
    expect(error).toMatchObject({ name: "UpstreamError", code, retryable: true, httpStatus: 503, retryAfterMs: 5 });
    expect(error).not.toBeInstanceOf(TypeError);
    expect([UpstreamError.isInstance(error), FatalUpstreamError.isInstance(error)]).toEqual([true, false]);
  });
});

describe("a request that the upstream would refuse again", () => {
  test.each(["invalid_request", "authentication", "context_length", "unexpected_response"] as const)(
    "(%s) is not retryable",
    (code) => {
      const error = new FatalUpstreamError(code, "No.", { httpStatus: 400, param: "n" });
      expect(error).toMatchObject({ name: "FatalUpstreamError", code, retryable: false, httpStatus: 400, param: "n" });
      expect(error).toBeInstanceOf(TypeError);
      expect([UpstreamError.isInstance(error), FatalUpstreamError.isInstance(error)]).toEqual([true, true]);
    },
  );
});
