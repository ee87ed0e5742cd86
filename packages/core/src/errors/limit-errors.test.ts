import { describe, expect, it, test } from "vitest";
import { FatalLimitError, RetryableLimitError } from "./limit-errors.js";

describe("a limit that passes", () => {
  test.each(["busy", "rate_limited"] as const)("(%s) is retryable and says after which pause", (code) => {
    const error = new RetryableLimitError(code, "Wait.", { retryAfterMs: 2_000, resetsAt: new Date(5), rule: "r" });
    expect(error).toMatchObject({
      name: "RetryableLimitError",
      code,
      message: "Wait.",
      retryable: true,
      retryAfterMs: 2_000,
      resetsAt: new Date(5),
      rule: "r",
    });
    expect([RetryableLimitError.isInstance(error), FatalLimitError.isInstance(error)]).toEqual([true, false]);
  });
});

describe("a limit that does not pass now", () => {
  test.each([
    "daily_quota",
    "hourly_quota",
    "image_input",
    "output_tokens",
    "image_count",
    "image_size",
    "request_cost",
    "model_not_on_tier",
    "payment_required",
  ] as const)("(%s) is not retryable", (code) => {
    const error = new FatalLimitError(code, "No.", { rule: "r", param: "n" });
    expect(error).toMatchObject({
      name: "FatalLimitError",
      code,
      message: "No.",
      retryable: false,
      rule: "r",
      param: "n",
    });
    expect(error).toBeInstanceOf(TypeError);
    expect([RetryableLimitError.isInstance(error), FatalLimitError.isInstance(error)]).toEqual([false, true]);
  });

  it("needs no details", () => {
    expect(Object.keys(new FatalLimitError("daily_quota", "No."))).not.toContain("rule");
  });
});
