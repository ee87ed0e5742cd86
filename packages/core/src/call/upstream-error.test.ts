import { describe, expect, it, test } from "vitest";
import { laplas } from "../providers/laplas/laplas.js";
import { freeTier, paidTier } from "../providers/laplas/laplas-tiers.js";
import type { Tier } from "../tier/tier.js";
import { TransportError } from "../transport/transport.js";
import { answerError, transportFailure } from "./upstream-error.js";

const free = { tier: freeTier, provider: laplas };

describe("the error for a failed answer", () => {
  const details = { message: "Sorry.", httpStatus: 500, requestId: "r-1" };

  it("of a refused price is fatal, under the rule of the tier", () => {
    const error = answerError({ kind: "cost" }, { ...details, httpStatus: 403 }, free);
    expect(error).toMatchObject({
      name: "FatalLimitError",
      code: "request_cost",
      rule: "request_cost",
      httpStatus: 403,
      requestId: "r-1",
    });
    expect(error.message).toMatch(/^laplas free tier: .*: Sorry\. Take a smaller size or a cheaper model\./);
    expect(answerError({ kind: "cost" }, details, { ...free, tier: paidTier }).rule).toBe("upstream");
  });

  it("of a rate limit passes after the pause", () => {
    expect(answerError({ kind: "rate", retryAfterMs: 7_000 }, { ...details, httpStatus: 429 }, free)).toMatchObject({
      name: "RetryableLimitError",
      code: "rate_limited",
      retryAfterMs: 7_000,
      httpStatus: 429,
      message: "laplas free tier: the server asks for a pause: Sorry",
    });
  });

  test.each(["unavailable", "timeout"] as const)("of a failure %s may pass later", (code) => {
    const error = answerError({ kind: "transient", code }, details, free);
    expect(error).toMatchObject({ name: "UpstreamError", code, retryable: true, httpStatus: 500 });
    expect(error.message).toBe("The upstream answered 500: Sorry");
    expect(error).not.toHaveProperty("retryAfterMs");
    const paused = answerError({ kind: "transient", code, retryAfterMs: 30 }, details, free);
    expect(paused.retryAfterMs).toBe(30);
  });

  test.each([
    ["authentication", /"apiKey" \(LAPLAS_API_KEY\) \(upstream status 500\): Sorry$/],
    ["invalid_request", /^The upstream refused the request \(upstream status 500\): Sorry$/],
    ["context_length", /maximum context length.*\(upstream status 500\): Sorry$/],
    ["unexpected_response", /\(upstream status 500\): Sorry$/],
  ] as const)("of code %s is fatal", (code, message) => {
    const error = answerError({ kind: "refused", code }, details, free);
    expect(error).toMatchObject({
      name: "FatalUpstreamError",
      code,
      retryable: false,
      httpStatus: 500,
      requestId: "r-1",
    });
    expect(error.message).toMatch(message);
  });

  it("of a request that is too large is fatal", () => {
    const error = answerError({ kind: "request_size" }, { ...details, httpStatus: 413 }, free);
    expect(error).toMatchObject({ name: "FatalLimitError", code: "request_size", rule: "upstream", httpStatus: 413 });
    expect(error.message).toBe(
      "laplas free tier: the server takes no request as large as this: Sorry. Send less at once.",
    );
  });

  it("speaks of the provider's unit, key and patience", () => {
    const tier: Tier = { name: "own", title: "Own", unit: { name: "tokens", field: "tokens" }, rules: [] };
    const own = { tier, provider: { ...laplas, keyVariable: "OWN_KEY", lingerMs: 900 } };
    expect(answerError({ kind: "cost" }, details, own).message).toMatch(/may not need more tokens than/);
    const authentication = { kind: "refused", code: "authentication" } as const;
    expect(answerError(authentication, details, own).message).toMatch(/"apiKey" \(OWN_KEY\)/);
    const keyless = { ...own, provider: { ...laplas, keyVariable: undefined } };
    expect(answerError(authentication, details, keyless).message).toMatch(/option "apiKey" \(upstream status 500\)/);
    expect(answerError({ kind: "uncertain", code: "timeout" }, details, own).retryAfterMs).toBe(900);
    const broken = new TransportError("broken", "it broke");
    expect(transportFailure(broken, { baseURL: "https://own.example/v1", provider: own.provider }).retryAfterMs).toBe(
      900,
    );
  });

  it("ends without a colon where the server says nothing, and with one stop where it says several", () => {
    const messageFor = (message: string) =>
      answerError({ kind: "transient", code: "unavailable" }, { message, httpStatus: 503 }, free).message;
    expect(messageFor("")).toBe("The upstream answered 503");
    expect(messageFor("Wait...")).toBe("The upstream answered 503: Wait");
  });
});

describe("the error for a request that failed below HTTP", () => {
  test.each([
    ["timeout", "timeout"],
    ["broken", "network"],
    ["unsent", "network"],
    ["aborted", "network"],
  ] as const)("%s is %s, and names the host alone", (kind, code) => {
    const cause = new TransportError(kind, "the connection broke");
    const error = transportFailure(cause, { baseURL: "https://user.example:8443/some/v1", provider: laplas });
    expect(error).toMatchObject({
      code,
      retryable: true,
      cause,
      message: "user.example:8443: the connection broke.",
    });
  });
});
