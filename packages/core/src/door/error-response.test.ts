import { describe, expect, it } from "vitest";
import { FatalLimitError } from "../errors/limit-errors.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import { refusalResponse, toErrorResponse } from "./error-response.js";

describe("the response for an error", () => {
  it("has its status, headers and body", async () => {
    const error = new FatalLimitError("daily_quota", "No.", { resetsAt: new Date(10_000), rule: "daily" });
    const response = toErrorResponse(error, { now: 5_000, requestId: "ours", headers: { "x-more": "1" } });
    expect(response.status).toBe(429);
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "application/json",
      "x-request-id": "ours",
      "x-more": "1",
      "x-should-retry": "false",
      "x-laplas-code": "daily_quota",
      "x-laplas-rule": "daily",
      "x-laplas-resets-at": "1970-01-01T00:00:10.000Z",
      "retry-after": "5",
    });
    expect(await response.json()).toEqual({
      error: { message: "No.", type: "rate_limit_error", param: null, code: "free_tier_daily_quota" },
    });
  });

  it("has the error's own headers before those of the server", () => {
    const error = new FatalUpstreamError("invalid_request", "No.", { requestId: "theirs" });
    const headers = { "x-laplas-code": "other", "x-request-id": "ours" };
    const response = toErrorResponse(error, { requestId: "ours", headers });
    expect(response.headers.get("x-request-id")).toBe("theirs");
    expect(response.headers.get("x-laplas-code")).toBe("invalid_request");
  });

  it("counts from now, where no time is given", () => {
    const error = new FatalLimitError("daily_quota", "No.", { resetsAt: new Date(0) });
    expect(toErrorResponse(error).headers.get("retry-after")).toBe("1");
    expect(toErrorResponse(error).headers.has("x-request-id")).toBe(false);
  });
});

describe("the response for a refusal", () => {
  it("has the same form, and is never retried", async () => {
    const response = refusalResponse({ status: 404, code: "unknown_path", message: "No such path." });
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([404, "false"]);
    expect(response.headers.has("retry-after")).toBe(false);
    expect(await response.json()).toEqual({
      error: { message: "No such path.", type: "invalid_request_error", param: null, code: "unknown_path" },
    });
  });

  it("may name a type, a pause and an id", async () => {
    const response = refusalResponse(
      { status: 503, type: "api_error", code: "full", message: "Full.", retryAfterSeconds: 5 },
      { requestId: "ours" },
    );
    expect(response.headers.get("retry-after")).toBe("5");
    expect(response.headers.get("x-request-id")).toBe("ours");
    expect(await response.json()).toMatchObject({ error: { type: "api_error" } });
  });

  it("holds no word that makes a host retry", async () => {
    const { error } = (await refusalResponse({ status: 400, code: "c", message: "Request timed out 429" }).json()) as {
      error: { message: string };
    };
    expect(error.message).toBe("Request … …");
  });
});
