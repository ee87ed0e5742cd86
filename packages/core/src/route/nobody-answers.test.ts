import { describe, expect, it } from "vitest";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";
import { nobodyAnswers } from "./nobody-answers.js";

const NOW = Date.parse("2026-11-10T12:00:00.000Z");
const spent = (hours: number) =>
  new FatalLimitError("daily_quota", "one: daily quota used up. It will reset at then.", {
    resetsAt: new Date(NOW + hours * 3_600_000),
    rule: "day",
  });
const fast = (ms: number) => new RetryableLimitError("rate_limited", "two: too fast.", { retryAfterMs: ms });
const down = (ms?: number) =>
  new UpstreamError("unavailable", "three: down.", ms === undefined ? {} : { retryAfterMs: ms });
const refusals = (...errors: (ConstructorParameters<typeof Error>[0] | Error)[]) =>
  errors.map((error, index) => ({ name: `t${index}`, error })) as unknown as Parameters<typeof nobodyAnswers>[1];

describe("the error of a call that nobody answers", () => {
  it("is that of the only target", () => {
    const error = spent(3);
    expect(nobodyAnswers("auto", refusals(error), [], NOW)).toBe(error);
  });

  it("has the earliest time: a minute's before a day's, and then says nothing that hosts read as fatal", () => {
    const error = nobodyAnswers("auto", refusals(spent(3), fast(20_000)), [], NOW);
    expect(error).toMatchObject({ code: "rate_limited", retryable: true, retryAfterMs: 20_000 });
    expect(error.message).toBe(
      'None of the 2 models of "auto" can answer now. The first can in 20 s: t1.\n- t0: one: daily quota used up. It resets at then.\n- t1: two: too fast.',
    );
  });

  it("of several quotas is that of the first to reset", () => {
    const error = nobodyAnswers("fast", refusals(spent(9), spent(3)), [{ name: "t2", why: "it may train" }], NOW);
    expect(error).toMatchObject({
      code: "daily_quota",
      retryable: false,
      resetsAt: new Date(NOW + 3 * 3_600_000),
      rule: "day",
    });
    expect(error).not.toHaveProperty("retryAfterMs");
    expect(error.message).toContain('None of the 3 models of "fast" can answer now. The first can in 3 h: t1.');
    expect(error.message).toContain("\n- t2: it may train.");
  });

  it("of a quota that resets within a minute is a pause", () => {
    expect(nobodyAnswers("auto", refusals(spent(9), spent(0.01)), [], NOW)).toMatchObject({
      code: "rate_limited",
      retryAfterMs: 36_000,
    });
  });

  it("of a target that is down can be tried again, before quotas of a day", () => {
    expect(nobodyAnswers("auto", refusals(spent(9), down(5_000)), [], NOW)).toMatchObject({
      code: "unavailable",
      retryAfterMs: 5_000,
    });
    expect(UpstreamError.isInstance(nobodyAnswers("auto", refusals(down(), spent(1)), [], NOW))).toBe(true);
  });

  it("is the request's own where all refuse it alike, and has no time where no time helps", () => {
    const wrong = (message: string) => new FatalUpstreamError("invalid_request", message, { param: "tools" });
    expect(nobodyAnswers("auto", refusals(wrong("a"), wrong("b")), [], NOW).message).toBe("a");
    const long = new FatalUpstreamError("context_length", "too long");
    const error = nobodyAnswers("auto", refusals(wrong("a"), long), [], NOW);
    expect(error).toMatchObject({ code: "invalid_request", param: "tools", retryable: false });
    expect(error.message).toBe('None of the 2 models of "auto" can answer now.\n- t0: a\n- t1: too long');
  });
});
