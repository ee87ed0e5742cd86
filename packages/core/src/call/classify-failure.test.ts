import { describe, expect, it, test } from "vitest";
import { errorBody } from "../testing/server.js";
import { classifyAnswer, type FailureClass, readFailure } from "./classify-answer.js";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
const classify = (status: number, text = "", retryAfter?: string): FailureClass =>
  classifyAnswer({ status, text, retryAfter, endpoint: "chat", now: NOW });

const own = (status: number): string => errorBody(status, "down");
const spent = "You have exhausted the available [plan.rule:api_token] resource limit.";
const hourly = "Free-tier limit: You've reached your free limit for the hour.";

describe("a failed answer", () => {
  test.each<[number, string, string | undefined, FailureClass]>([
    [403, spent, undefined, { kind: "quota", code: "daily_quota", scope: "account" }],
    [403, "You've run out of credits.", undefined, { kind: "quota", code: "daily_quota", scope: "account" }],
    [403, "Forbidden", undefined, { kind: "refused", code: "unexpected_response" }],
    [429, hourly, undefined, { kind: "quota", code: "hourly_quota", scope: "account" }],
    [429, "Too Many Requests", undefined, { kind: "rate", retryAfterMs: 5_000 }],
    [429, "", "7", { kind: "rate", retryAfterMs: 7_000 }],
    [429, "", "60", { kind: "rate", retryAfterMs: 60_000 }],
    [429, "", "61", { kind: "quota", code: "hourly_quota", scope: "model", retryAfterMs: 61_000 }],
    [429, "", "3600", { kind: "quota", code: "hourly_quota", scope: "model", retryAfterMs: 3_600_000 }],
    [429, "", "3601", { kind: "quota", code: "daily_quota", scope: "model", retryAfterMs: 3_601_000 }],
    [429, "", "Tue, 10 Mar 2026 12:00:30 GMT", { kind: "rate", retryAfterMs: 30_000 }],
    [429, "", "Tue, 10 Mar 2026 11:00:00 GMT", { kind: "rate", retryAfterMs: 0 }],
    [429, "", "soon", { kind: "rate", retryAfterMs: 5_000 }],
    [429, "", "-1", { kind: "rate", retryAfterMs: 5_000 }],
    [429, "", "1e9", { kind: "rate", retryAfterMs: 5_000 }],
    [401, spent, undefined, { kind: "refused", code: "authentication" }],
    [400, "Body validation error!", undefined, { kind: "refused", code: "invalid_request" }],
    [400, "This model's maximum context length is 8192 tokens", undefined, { kind: "refused", code: "context_length" }],
    [422, "prompt is too long", undefined, { kind: "refused", code: "context_length" }],
    [413, "", undefined, { kind: "refused", code: "invalid_request" }],
    [404, "", undefined, { kind: "refused", code: "invalid_request" }],
    [405, "", undefined, { kind: "refused", code: "invalid_request" }],
    [422, "", undefined, { kind: "refused", code: "invalid_request" }],
    [499, "", undefined, { kind: "refused", code: "unexpected_response" }],
    [599, "", undefined, { kind: "uncertain", code: "unavailable" }],
    [504, "", "86400", { kind: "uncertain", code: "timeout", retryAfterMs: 60_000 }],
    [408, "", undefined, { kind: "uncertain", code: "timeout" }],
    [504, "", undefined, { kind: "uncertain", code: "timeout" }],
    [500, "", undefined, { kind: "uncertain", code: "unavailable" }],
    [503, "Service unavailable", "30", { kind: "uncertain", code: "unavailable", retryAfterMs: 30_000 }],
    [503, "", "86400", { kind: "uncertain", code: "unavailable", retryAfterMs: 60_000 }],
    [500, "maximum context length", undefined, { kind: "uncertain", code: "unavailable" }],
    [408, own(408), undefined, { kind: "transient", code: "timeout" }],
    [500, own(500), undefined, { kind: "transient", code: "unavailable" }],
    [503, own(503), "30", { kind: "transient", code: "unavailable", retryAfterMs: 30_000 }],
    [504, own(504), "86400", { kind: "transient", code: "timeout", retryAfterMs: 60_000 }],
    [301, "", undefined, { kind: "refused", code: "unexpected_response" }],
    [402, "", undefined, { kind: "refused", code: "unexpected_response" }],
    [418, "", undefined, { kind: "refused", code: "unexpected_response" }],
  ])("%i %j with pause %s", (status, text, retryAfter, answer) => {
    expect(classify(status, text, retryAfter)).toEqual(answer);
  });
});

describe("a 403", () => {
  test.each(["[plan.rule:api_token]", "resource limit", "You've run out of credits.", "DAILY CALL LIMIT reached"])(
    "that says %j is an exceeded quota",
    (text) => {
      expect(classify(403, text)).toEqual({ kind: "quota", code: "daily_quota", scope: "account" });
      // The words alone are no sign: a prompt may hold them, and be repeated.
      expect(classify(400, text)).toEqual({ kind: "refused", code: "invalid_request" });
    },
  );

  it("may say for how long", () => {
    expect(classify(403, spent, "60")).toEqual({
      kind: "quota",
      code: "daily_quota",
      scope: "account",
      retryAfterMs: 60_000,
    });
  });
});

describe("a prompt that is too long", () => {
  const words = [
    "This model's maximum context length is 8192 tokens",
    "context_length_exceeded",
    "exceeds the context window",
    "too many tokens",
    "Prompt is too long",
  ];
  test.each(words)("is told by %j", (text) => {
    for (const status of [400, 413, 422]) {
      expect(classify(status, text)).toEqual({ kind: "refused", code: "context_length" });
    }
    expect(classify(404, text)).toEqual({ kind: "refused", code: "invalid_request" });
  });
});

describe("a refused price", () => {
  const ofImage = (status: number, text: string) =>
    classifyAnswer({ status, text, retryAfter: undefined, endpoint: "image", now: NOW });
  const words = [
    "needs more than 512 tokens",
    "needs more than 512 API tokens",
    "needs too many API tokens",
    "request_cost",
    "This is too expensive.",
    "It costs more than allowed.",
    "The price is above the limit.",
  ];

  test.each(words)("of an image is told by %j", (text) => {
    for (const status of [400, 402, 403, 413, 422]) expect(ofImage(status, text)).toEqual({ kind: "cost" });
    for (const status of [401, 404, 429, 500]) expect(ofImage(status, text).kind).not.toBe("cost");
    expect(classify(400, text).kind).toBe("refused");
  });

  test.each(["Body validation error! price", "Unsupported value: 'size', see the price list", "no such size"])(
    "is not told by %j",
    (text) => {
      expect(ofImage(400, text)).toEqual({ kind: "refused", code: "invalid_request" });
    },
  );

  it("is no exceeded quota, which is told by words of its own", () => {
    expect(ofImage(403, `${spent} price`)).toEqual({ kind: "quota", code: "daily_quota", scope: "account" });
  });
});

describe("a page, which something in front has written", () => {
  test.each<[number, string, FailureClass]>([
    [403, spent, { kind: "refused", code: "unexpected_response" }],
    [403, "You've run out of credits.", { kind: "refused", code: "unexpected_response" }],
    [429, hourly, { kind: "rate", retryAfterMs: 5_000 }],
    [400, "too many tokens", { kind: "refused", code: "invalid_request" }],
    [413, "context window", { kind: "refused", code: "invalid_request" }],
    [503, own(503), { kind: "uncertain", code: "unavailable" }],
  ])("of %i is not taken at its word %j", (status, words, answer) => {
    expect(classify(status, `\n<!doctype html><p>${words}</p>`)).toEqual(answer);
  });

  it("is no refused price of an image", () => {
    const page = { status: 403, text: "<html>See our price list</html>", retryAfter: undefined, now: NOW } as const;
    expect(classifyAnswer({ ...page, endpoint: "image" })).toEqual({ kind: "refused", code: "unexpected_response" });
  });
});

describe("a pause", () => {
  test.each([
    ["0.0001", 1],
    ["1.5", 1_500],
    [" 7 ", 7_000],
    ["2678400", 31 * 86_400_000],
    ["2678401", undefined],
    ["Fri, 10 Apr 2026 12:00:00 GMT", 31 * 86_400_000],
    ["Fri, 10 Apr 2026 12:00:01 GMT", undefined],
    ["Tue, 32 Mar 2026", undefined],
  ])("of %j is %s ms", (text, ms) => {
    const quota = { kind: "quota", code: "daily_quota", scope: "account" } as const;
    expect(classify(403, spent, text)).toEqual(ms === undefined ? quota : { ...quota, retryAfterMs: ms });
  });
});

describe("what it says of itself", () => {
  const published = `{
    "message": "${spent} visit https://www.apilaplas.com/app/billing"
    "path": "/v1/chat/completions"
    "requestId": "798b860e-98c2-4e8e-8c50-550bcfc2eccc"
    "statusCode": "403"
}`;
  test.each([
    ["as published, which is not valid JSON", published],
    ["as JSON", published.replaceAll('"\n    "', '",\n    "')],
  ])("is read %s", (_, text) => {
    expect(readFailure(text)).toEqual({
      message: `${spent} visit https://www.apilaplas.com/app/billing`,
      requestId: "798b860e-98c2-4e8e-8c50-550bcfc2eccc",
      billingUrl: "https://www.apilaplas.com/app/billing",
    });
  });

  test.each([
    ['{"error":{"message":"nested"}}', "nested"],
    ['{"message":["a","b"]}', ""],
    ['{"message":5}', ""],
    ["<html><p>secret</p></html>", "an HTML page"],
    ["null", ""],
    ["", ""],
    ['"text"', ""],
  ])("of %s is %j", (text, message) => expect(readFailure(text)).toEqual({ message }));

  it("takes for an id only what looks like one", () => {
    expect(readFailure('{"message":"m","requestId":"two words"}')).not.toHaveProperty("requestId");
    expect(readFailure(`{"message":"m","requestId":"${"a".repeat(101)}"}`)).not.toHaveProperty("requestId");
  });
});
