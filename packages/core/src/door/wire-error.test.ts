import { describe, expect, it, test } from "vitest";
import type { LaplasErrorCode } from "../errors/error-codes.js";
import { isLaplasError } from "../errors/laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { InvalidOptionsError, LedgerError } from "../errors/setup-errors.js";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";
import { toWireError } from "./wire-error.js";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
const WORDS = "rate limit 429 and context length";
const headersOf = (error: unknown) => toWireError(error, NOW).headers;

type Row = readonly [code: LaplasErrorCode, error: unknown, status: number, type: string, after: string | undefined];

describe("the answer for each error", () => {
  const limit = (code: ConstructorParameters<typeof FatalLimitError>[0]) => new FatalLimitError(code, WORDS);
  const fatal = (code: ConstructorParameters<typeof FatalUpstreamError>[0]) => new FatalUpstreamError(code, WORDS);
  const upstream = (code: ConstructorParameters<typeof UpstreamError>[0]) => new UpstreamError(code, WORDS);
  const pause = { retryAfterMs: 7_000 };

  test.each<Row>([
    ["busy", new RetryableLimitError("busy", WORDS, pause), 429, "rate_limit_error", "7"],
    ["rate_limited", new RetryableLimitError("rate_limited", WORDS, pause), 429, "rate_limit_error", "7"],
    ["daily_quota", limit("daily_quota"), 429, "rate_limit_error", undefined],
    ["hourly_quota", limit("hourly_quota"), 429, "rate_limit_error", undefined],
    ["image_input", limit("image_input"), 400, "invalid_request_error", undefined],
    ["output_tokens", limit("output_tokens"), 400, "invalid_request_error", undefined],
    ["image_count", limit("image_count"), 400, "invalid_request_error", undefined],
    ["image_size", limit("image_size"), 400, "invalid_request_error", undefined],
    ["request_cost", limit("request_cost"), 400, "invalid_request_error", undefined],
    ["model_not_on_tier", limit("model_not_on_tier"), 404, "invalid_request_error", "86400"],
    ["payment_required", limit("payment_required"), 402, "invalid_request_error", undefined],
    ["invalid_request", fatal("invalid_request"), 400, "invalid_request_error", undefined],
    ["context_length", fatal("context_length"), 400, "invalid_request_error", undefined],
    ["authentication", fatal("authentication"), 401, "authentication_error", "300"],
    ["unexpected_response", fatal("unexpected_response"), 502, "api_error", undefined],
    ["unavailable", upstream("unavailable"), 503, "api_error", undefined],
    ["timeout", upstream("timeout"), 504, "api_error", undefined],
    ["network", upstream("network"), 503, "api_error", undefined],
    ["invalid_options", new InvalidOptionsError(WORDS), 500, "api_error", undefined],
    ["ledger", new LedgerError(WORDS), 500, "api_error", undefined],
  ])("%s", (code, error, status, type, after) => {
    const answer = toWireError(error, NOW);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({
      type,
      param: null,
      code: code === "model_not_on_tier" ? "model_not_found" : `free_tier_${code}`,
    });
    expect(answer.headers["x-laplas-code"]).toBe(code);
    expect(answer.headers["retry-after"]).toBe(after);
    const isRetryable = isLaplasError(error) && error.retryable;
    expect(answer.headers["x-should-retry"]).toBe(String(isRetryable));
    // What is fatal must hold no word that makes LiteLLM try again; an overflow should be taken for one.
    const words =
      isRetryable || status === 429 ? WORDS : code === "context_length" ? "… … and context length" : "… … and …";
    expect(answer.body.error.message).toBe(words);
  });

  it("of another make says nothing of the inside", () => {
    for (const error of [new Error("secret"), "secret", undefined]) {
      expect(toWireError(error, NOW)).toEqual({
        status: 500,
        headers: {},
        body: { error: { message: expect.stringMatching(/defect/), type: "api_error", param: null, code: "internal" } },
      });
      expect(JSON.stringify(toWireError(error, NOW))).not.toContain("secret");
    }
  });
});

describe("the answer for a client that stops at 400 only", () => {
  const answerFor = (error: unknown) => toWireError(error, NOW, 400);

  test.each(["daily_quota", "hourly_quota", "monthly_quota", "payment_required"] as const)("%s is one", (code) => {
    const error = new FatalLimitError(code, "Used up (50000 of 50000).", { resetsAt: new Date(NOW + 5_000) });
    const { status, headers, body } = answerFor(error);
    expect(status).toBe(400);
    const sentence = { message: "Used up.", type: "invalid_request_error", param: null, code: `free_tier_${code}` };
    expect(body).toEqual({ error: sentence });
    expect(headers).toEqual(headersOf(error));
  });

  test.each([
    new RetryableLimitError("busy", WORDS, { retryAfterMs: 7_000 }),
    new RetryableLimitError("rate_limited", WORDS, { retryAfterMs: 7_000 }),
    new FatalLimitError("model_not_on_tier", WORDS),
    new FatalUpstreamError("authentication", WORDS),
    new UpstreamError("unavailable", WORDS),
    new Error("a defect"),
  ])("$code is as ever", (error) => {
    expect(answerFor(error)).toEqual(toWireError(error, NOW));
  });
});

describe("the pause of a wire error", () => {
  const busy = (retryAfterMs: number) =>
    headersOf(new RetryableLimitError("busy", "", { retryAfterMs }))["retry-after"];
  const limited = (retryAfterMs: number) =>
    headersOf(new RetryableLimitError("rate_limited", "", { retryAfterMs }))["retry-after"];
  const spent = (ms: number) =>
    headersOf(new FatalLimitError("daily_quota", "", { resetsAt: new Date(NOW + ms) }))["retry-after"];

  it("is in whole seconds, rounded up, and one at least", () => {
    expect([0, 1, 1_000, 1_001].map(limited)).toEqual(["1", "1", "1", "2"]);
  });

  it("of a busy queue is two seconds at least, so that a crowd does not come back at once", () => {
    expect([0, 1_000, 2_000, 2_001].map(busy)).toEqual(["2", "2", "2", "3"]);
  });

  it("lasts to the reset, where there is one", () => {
    expect([43_201_500, 1_000, 0, -5_000].map(spent)).toEqual(["43202", "1", "1", "1"]);
  });
});

describe("the rest of a wire error", () => {
  it("are rule, reset and the upstream's id in headers, and the field in the body", () => {
    const resetsAt = new Date("2026-03-11T00:00:02.000Z");
    const error = new FatalLimitError("daily_quota", "", { rule: "daily", resetsAt, requestId: "r-1", param: "n" });
    const { headers, body } = toWireError(error, NOW);
    expect(headers).toMatchObject({
      "x-laplas-rule": "daily",
      "x-laplas-resets-at": "2026-03-11T00:00:02.000Z",
      "x-request-id": "r-1",
    });
    expect(body.error.param).toBe("n");
  });

  it("are absent where the error has none", () => {
    expect(Object.keys(headersOf(new FatalUpstreamError("invalid_request", "")))).toEqual([
      "x-should-retry",
      "x-laplas-code",
    ]);
  });

  it.each(["two words", "line\nend", "ü"])("leave out the id %j, which is no header", (requestId) => {
    expect(headersOf(new FatalUpstreamError("invalid_request", "", { requestId }))).not.toHaveProperty("x-request-id");
  });

  it("name a field by 200 characters at most, and by no word that makes a host retry", () => {
    const paramOf = (param: string) =>
      toWireError(new FatalUpstreamError("invalid_request", "", { param }), NOW).body.error.param;
    expect(paramOf("x".repeat(201))).toBe("x".repeat(200));
    expect(paramOf("messages[0].rate_limit")).toBe("messages[0].…");
  });
});
