import { describe, expect, it, test } from "vitest";
import { type QuotaStatus, quotaStatusFor } from "../../door/quota-status.js";
import { toWireError } from "../../door/wire-error.js";
import { FatalLimitError, RetryableLimitError } from "../../errors/limit-errors.js";
import { FatalUpstreamError, UpstreamError } from "../../errors/upstream-errors.js";
import { failureOf, toResponsesError } from "./responses-error.js";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
const RESET = new Date("2026-03-11T00:00:02.500Z");
const wireOf = (error: unknown, status?: QuotaStatus) => toWireError(error, NOW, status);
const answerTo = (error: unknown, status?: QuotaStatus) => toResponsesError(wireOf(error, status));
const day = new FatalLimitError("daily_quota", "The day is used up.", { resetsAt: RESET });

describe("an error at Responses", () => {
  test.each([
    ["daily_quota", day],
    ["hourly_quota", new FatalLimitError("hourly_quota", "The hour is used up.", { resetsAt: RESET })],
    ["monthly_quota", new FatalLimitError("monthly_quota", "The month is used up.", { resetsAt: RESET })],
  ])("says of a used-up quota (%s) that it is one, and when it resets", (code, error) => {
    const { status, headers, body } = answerTo(error);
    expect(status).toBe(429);
    // The pause is whole: LiteLLM lets a deployment cool down for it.
    expect(headers).toMatchObject({ "retry-after": "43203", "x-should-retry": "false", "x-laplas-code": code });
    expect(body).toEqual({
      error: {
        message: error.message,
        type: "usage_limit_reached",
        param: null,
        code: `free_tier_${code}`,
        resets_at: 1_773_187_203,
      },
    });
  });

  it("says the same of a budget without a reset", () => {
    const { status, headers, body } = answerTo(new FatalLimitError("payment_required", "Pay."));
    expect(status).toBe(429);
    expect(headers).not.toHaveProperty("retry-after");
    expect(body).toEqual({ error: expect.not.objectContaining({ resets_at: expect.anything() }) });
    expect(body).toMatchObject({ error: { type: "usage_limit_reached" } });
  });

  it("is a 400 where the client asked for that", () => {
    const status = quotaStatusFor(new Headers({ "x-laplas-quota-status": "400" }));
    expect(answerTo(day, status)).toMatchObject({ status: 400, body: { error: { type: "invalid_request_error" } } });
    expect(answerTo(day, status).headers).not.toHaveProperty("retry-after");
  });

  test.each<[string, unknown, number, string | undefined]>([
    ["busy", new RetryableLimitError("busy", "Wait.", { retryAfterMs: 2_000 }), 429, "2"],
    ["a minute's limit", new RetryableLimitError("rate_limited", "Wait.", { retryAfterMs: 60_000 }), 429, "60"],
    ["a longer one", new RetryableLimitError("rate_limited", "Wait.", { retryAfterMs: 61_000 }), 429, "60"],
    ["a long failure", new UpstreamError("unavailable", "Down.", { retryAfterMs: 3_600_000 }), 503, "60"],
    ["an unknown model", new FatalLimitError("model_not_on_tier", "No such model."), 404, undefined],
    ["a wrong key", new FatalUpstreamError("authentication", "Wrong key."), 401, undefined],
    ["a wrong request", new FatalUpstreamError("invalid_request", "Wrong.", { param: "input" }), 400, undefined],
  ])("never has a client wait more than a minute: %s", (_, error, status, pause) => {
    const answer = answerTo(error);
    expect([answer.status, answer.headers["retry-after"]]).toEqual([status, pause]);
    expect(answer.body).toEqual(wireOf(error).body);
  });
});

it("has no client wait at all after a 401: Codex would", () => {
  const wire = wireOf(new FatalUpstreamError("authentication", "Wrong key."));
  const short = { ...wire, headers: { ...wire.headers, "retry-after": "5" } };
  expect(toResponsesError(short).headers).not.toHaveProperty("retry-after");
});

describe("a stream that breaks", () => {
  test.each<[unknown, string]>([
    [day, "insufficient_quota"],
    [new FatalUpstreamError("context_length", "Too long."), "context_length_exceeded"],
    [new FatalUpstreamError("invalid_request", "Wrong."), "invalid_prompt"],
    [new FatalLimitError("image_input", "No pictures."), "invalid_prompt"],
    [new RetryableLimitError("busy", "Wait.", { retryAfterMs: 2_000 }), "rate_limit_exceeded"],
    [new UpstreamError("network", "Gone."), "server_error"],
    [new FatalUpstreamError("unexpected_response", "What?"), "server_error"],
    [new Error("inside"), "server_error"],
  ])("on %s says %s, by which Codex stops or asks again", (error, code) => {
    const wire = wireOf(error);
    expect(failureOf(wire)).toEqual({ code, message: wire.body.error.message });
  });
});
