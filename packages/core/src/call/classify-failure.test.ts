import { describe, expect, it, test } from "vitest";
import type { Modality } from "../catalog/model.js";
import type { FailureSignal, Signals, UntilSignal } from "../provider/signals.js";
import { laplas } from "../providers/laplas/laplas.js";
import { errorBody } from "../testing/server.js";
import { classifyFailure, type FailureClass } from "./classify-failure.js";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
/** The headers of a failed answer, by their names in lower case. */
type Headers = Readonly<Record<string, string>>;

const classify = (status: number, text = "", retryAfter?: string, modality: Modality = "chat"): FailureClass => {
  const headers: Headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
  return classifyFailure({ status, text, header: (name) => headers[name], modality, now: NOW }, laplas.signals);
};

const daily = { kind: "quota", code: "daily_quota", meter: "credits", period: "day" } as const;
const off = (code: "payment_required" | "model_not_on_tier", scope: "account" | "model"): FailureClass => {
  return { kind: "off", code, scope };
};

/** A rate limit that names no pause. */
const RATE = { kind: "rate", retryAfterMs: 5_000 };
const own = (status: number): string => errorBody(status, "down");
const spent = "You have exhausted the available [plan.rule:api_token] resource limit.";
const hourly = "Free-tier limit: You've reached your free limit for the hour.";

describe("a failed answer", () => {
  test.each<[number, string, string | undefined, FailureClass]>([
    [403, spent, undefined, daily],
    [403, "You've run out of credits.", undefined, daily],
    [403, "Forbidden", undefined, { kind: "refused", code: "unexpected_response" }],
    [429, hourly, undefined, { kind: "quota", code: "hourly_quota", meter: "requests", period: "hour" }],
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
    [413, "", undefined, { kind: "request_size" }],
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
    [402, "", undefined, off("payment_required", "account")],
    [410, "", undefined, off("model_not_on_tier", "model")],
    [403, "limit: 1", undefined, { kind: "refused", code: "unexpected_response" }],
    [403, "limit: 0.5", undefined, { kind: "refused", code: "unexpected_response" }],
    [403, "Your limit: 0, of this model.", undefined, { kind: "refused", code: "unexpected_response" }],
    [403, `${spent} limit: 0.`, undefined, daily],
    [429, `${hourly} limit: 0.`, undefined, { kind: "quota", code: "hourly_quota", meter: "requests", period: "hour" }],
    [429, "quota exceeded, limit: 0, model: m", "3", { kind: "rate", retryAfterMs: 3_000 }],
    [402, "", "30", { kind: "rate", retryAfterMs: 30_000, scope: "account" }],
    [410, "", "61", { kind: "quota", code: "hourly_quota", scope: "model", retryAfterMs: 61_000 }],
    [429, "limit: 01", "3", { kind: "rate", retryAfterMs: 3_000 }],
    [429, "nolimit: 0", "3", { kind: "rate", retryAfterMs: 3_000 }],
    [400, "limit: 0", undefined, { kind: "refused", code: "invalid_request" }],
    [401, "limit: 0", undefined, { kind: "refused", code: "authentication" }],
    [418, "", undefined, { kind: "refused", code: "unexpected_response" }],
  ])("%i %j with pause %s", (status, text, retryAfter, answer) => {
    expect(classify(status, text, retryAfter)).toEqual(answer);
  });
});

describe("a 403", () => {
  test.each(["[plan.rule:api_token]", "resource limit", "You've run out of credits.", "DAILY CALL LIMIT reached"])(
    "that says %j is an exceeded quota",
    (text) => {
      expect(classify(403, text)).toEqual(daily);
      // The words alone are no sign: a prompt may hold them, and be repeated.
      expect(classify(400, text)).toEqual({ kind: "refused", code: "invalid_request" });
    },
  );

  it("may say for how long", () => {
    expect(classify(403, spent, "60")).toEqual({ ...daily, retryAfterMs: 60_000 });
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
  const ofImage = (status: number, text: string) => classify(status, text, undefined, "image");
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
    expect(ofImage(403, `${spent} price`)).toEqual(daily);
  });
});

describe("a page, which something in front has written", () => {
  test.each<[number, string, FailureClass]>([
    [403, spent, { kind: "refused", code: "unexpected_response" }],
    [403, "You've run out of credits.", { kind: "refused", code: "unexpected_response" }],
    [429, hourly, { kind: "rate", retryAfterMs: 5_000 }],
    [400, "too many tokens", { kind: "refused", code: "invalid_request" }],
    [413, "context window", { kind: "request_size" }],
    [429, "limit: 0", { kind: "rate", retryAfterMs: 5_000 }],
    [402, "Payment", off("payment_required", "account")],
    [503, own(503), { kind: "uncertain", code: "unavailable" }],
  ])("of %i is not taken at its word %j", (status, words, answer) => {
    expect(classify(status, `\n<!doctype html><p>${words}</p>`)).toEqual(answer);
  });

  it("is no refused price of an image", () => {
    expect(classify(403, "<html>See our price list</html>", undefined, "image")).toEqual({
      kind: "refused",
      code: "unexpected_response",
    });
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
    expect(classify(403, spent, text)).toEqual(ms === undefined ? daily : { ...daily, retryAfterMs: ms });
  });
});

describe("a pause in words", () => {
  const saying = (message: string, more: object = {}): string => JSON.stringify({ error: { message, ...more } });
  const words = "Please retry in 30s.";
  const thirty = { kind: "rate", retryAfterMs: 30_000 };

  it("counts in the error's message, and in a body that is nothing else", () => {
    for (const text of [
      saying(words),
      JSON.stringify([JSON.parse(saying(words))]),
      own(429).replace("down", words),
      JSON.stringify({ error: words }),
      words,
    ])
      expect(classify(429, text)).toEqual(thirty);
    expect(classify(503, own(503).replace("down", words))).toEqual({
      kind: "transient",
      code: "unavailable",
      retryAfterMs: 30_000,
    });
    expect(classify(429, saying("Please try again in 1m1s"))).toEqual({
      kind: "quota",
      code: "hourly_quota",
      scope: "model",
      retryAfterMs: 61_000,
    });
  });

  it("gives way to a Retry-After that makes sense", () => {
    expect(classify(429, saying(words), "7")).toEqual({ kind: "rate", retryAfterMs: 7_000 });
    for (const odd of ["soon", "2678401"]) expect(classify(429, saying(words), odd)).toEqual(thirty);
  });

  it("is none in a page, beside the message, in a prompt that is quoted, or of a quota's signal", () => {
    for (const text of [
      `<html>${words}</html>`,
      saying("Slow down", { prompt: words }),
      JSON.stringify({ prompt: words }),
    ])
      expect(classify(429, text)).toEqual(RATE);
    expect(classify(403, `${spent} ${words}`)).toEqual(daily);
    expect(classify(429, `${hourly} ${words}`)).not.toHaveProperty("retryAfterMs");
  });

  it("keeps a refusal to pay, or of a model, from being for ever", () => {
    expect(classify(402, saying(words))).toEqual({ ...thirty, scope: "account" });
    expect(classify(410, saying(words))).toEqual({ ...thirty, scope: "model" });
    expect(classify(400, saying(words))).toEqual({ kind: "refused", code: "invalid_request" });
  });
});

describe("a provider's own signals", () => {
  /** What an answer means to a provider of these signals. */
  const meaning = (
    failures: readonly FailureSignal[],
    { status = 429, text = "", headers = {}, modality = "chat" }: Partial<Answer>,
    more: Partial<Signals> = {},
  ): FailureClass => {
    const signals: Signals = { failures, headers: [], errorShapes: [["error.message"]], ...more };
    return classifyFailure({ status, text, header: (name) => headers[name], modality, now: NOW }, signals);
  };
  interface Answer {
    readonly status: number;
    readonly text: string;
    readonly headers: Headers;
    readonly modality: Modality;
  }

  it("are tried in order, and the first that fits counts", () => {
    const failures: FailureSignal[] = [
      { status: [429, 403], pattern: "per day", kind: "quota", period: "day", meter: "requests", scope: "model" },
      { status: 429, pattern: "per", kind: "quota", period: "minute", meter: "tokens" },
      { pattern: "subscription", unless: "trial", kind: "model_off" },
      { status: 418, modalities: ["image"], kind: "cost" },
      { path: "error.code", kind: "unavailable" },
    ];
    const of = (status: number, text: string, modality: Modality = "chat") =>
      meaning(failures, { status, text, modality });
    expect(of(403, "requests PER DAY")).toEqual({
      kind: "quota",
      code: "daily_quota",
      period: "day",
      meter: "requests",
      scope: "model",
    });
    expect(of(429, "tokens per minute")).toEqual({
      kind: "quota",
      code: "hourly_quota",
      period: "minute",
      meter: "tokens",
    });
    expect(of(403, "per minute")).toEqual({ kind: "refused", code: "unexpected_response" });
    expect(of(400, "needs a subscription")).toEqual(off("model_not_on_tier", "model"));
    expect(of(400, "needs a subscription, or a trial")).toEqual({ kind: "refused", code: "invalid_request" });
    expect(of(418, "", "image")).toEqual({ kind: "cost" });
    expect(of(418, "")).toEqual({ kind: "refused", code: "unexpected_response" });
    expect(of(400, '{"error":{"code":7}}')).toEqual({ kind: "transient", code: "unavailable" });
    expect(of(400, '{"error":{"code":null}}')).toEqual({ kind: "refused", code: "invalid_request" });
  });

  test.each<[FailureSignal["kind"], FailureClass]>([
    ["quota", { kind: "quota", code: "daily_quota" }],
    ["rate", { kind: "rate", retryAfterMs: 5_000 }],
    ["cost", { kind: "cost" }],
    ["request_size", { kind: "request_size" }],
    ["context_length", { kind: "refused", code: "context_length" }],
    ["model_off", off("model_not_on_tier", "model")],
    ["payment", off("payment_required", "account")],
    ["authentication", { kind: "refused", code: "authentication" }],
    ["invalid_request", { kind: "refused", code: "invalid_request" }],
    ["unavailable", { kind: "transient", code: "unavailable" }],
  ])("of kind %s mean so whatever the status", (kind, failure) => {
    for (const status of [400, 401, 402, 410, 429, 503]) expect(meaning([{ kind }], { status })).toEqual(failure);
  });

  it.each<[string, Partial<FailureSignal>, (text: string) => Partial<Answer>]>([
    ["a body", {}, (text) => ({ text })],
    ["a field", { path: "why" }, (why) => ({ text: JSON.stringify({ why }) })],
    ["a header", { header: "why" }, (why) => ({ headers: { why } })],
  ])("look for words in the first 2,000 characters of %s", (_, place, answer) => {
    const signal: FailureSignal = { ...place, pattern: "spent", kind: "payment" };
    expect(meaning([signal], answer("spent".padStart(2_000)))).toEqual(off("payment_required", "account"));
    expect(meaning([signal], answer("spent".padStart(2_001)))).toEqual({ kind: "rate", retryAfterMs: 5_000 });
  });

  it("say what a pause concerns, and one that is too long to sit out is a quota of that", () => {
    const signal: FailureSignal = { status: 429, kind: "rate", scope: "model" };
    expect(meaning([signal], { headers: { "retry-after": "7" } })).toEqual({
      kind: "rate",
      retryAfterMs: 7_000,
      scope: "model",
    });
    expect(meaning([{ ...signal, scope: "account" }], { headers: { "retry-after": "61" } })).toEqual({
      kind: "quota",
      code: "hourly_quota",
      scope: "account",
      retryAfterMs: 61_000,
    });
  });

  test.each<[string, UntilSignal, Partial<Answer>, number | undefined]>([
    ["a header", { header: "x-reset", format: "duration" }, { headers: { "x-reset": "2m59.56s" } }, 179_560],
    ["a field", { path: "error.reset", format: "epoch-milliseconds" }, { text: `{"error":{"reset":"${NOW + 9}"}}` }, 9],
    ["a number", { path: "error.reset", format: "seconds" }, { text: '{"error":{"reset":1.5}}' }, 1_500],
    ["words", { pattern: "again in ([\\dhms.]+s)", format: "duration" }, { text: "Try AGAIN in 9m38.016s." }, 578_016],
    [
      "none of its places, but in Retry-After",
      { path: "x", format: "seconds" },
      { headers: { "retry-after": "9" } },
      9_000,
    ],
    ["a header that can't be read", { header: "x", format: "duration" }, { headers: { x: "soon" } }, undefined],
  ])("name the end in %s", (_, until, answer, ms) => {
    const quota = { kind: "quota", code: "daily_quota", period: "day" };
    expect(meaning([{ kind: "quota", period: "day", until }], answer)).toEqual(
      ms === undefined ? quota : { ...quota, retryAfterMs: ms },
    );
  });

  const failure = {
    code: 429,
    status: "RESOURCE_EXHAUSTED",
    message: "Exceeded.",
    details: [
      { violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier", quotaValue: "20" }] },
      { retryDelay: "36s" },
    ],
  };
  const perDay: FailureSignal = {
    path: "error.details.violations.quotaId",
    pattern: "PerDay",
    kind: "quota",
    period: "day",
    until: { path: "error.details.retryDelay", format: "duration" },
  };
  test.each([
    ["a list", [{ error: failure }]],
    ["an object", { error: failure }],
    ["an error as the text of another", { error: { message: JSON.stringify([{ error: failure }]) } }],
  ])("are found in %s", (name, body) => {
    const signal = name.startsWith("an error")
      ? ({ pattern: '"quotaId":"\\w+PerDay', kind: "quota", period: "day" } as const)
      : perDay;
    expect(meaning([signal], { text: JSON.stringify(body) })).toMatchObject({ kind: "quota", code: "daily_quota" });
  });

  it("are read by a path through a text that is JSON, though not for ever", () => {
    const nest = (depth: number): string =>
      depth === 0 ? '{"why":"spent"}' : JSON.stringify({ message: nest(depth - 1) });
    const at = (depth: number): FailureSignal => ({
      path: `${"message.".repeat(depth)}why`,
      pattern: "spent",
      kind: "payment",
    });
    for (const depth of [1, 3])
      expect(meaning([at(depth)], { text: nest(depth) })).toEqual(off("payment_required", "account"));
    expect(meaning([at(4)], { text: nest(4) })).toEqual({ kind: "rate", retryAfterMs: 5_000 });
  });

  it("are found in a list's element that has them, and in JSON without its commas", () => {
    const signal: FailureSignal = { path: "error.details.1.retry", kind: "payment" };
    expect(meaning([signal], { text: '{"error":{"details":[{},{"retry":"x"}]}}' })).toEqual(
      off("payment_required", "account"),
    );
    expect(meaning([signal], { text: '{"error":{"details":[{"retry":"x"},{}]}}' }).kind).toBe("rate");
    expect(meaning([{ ...signal, path: "code" }], { text: '{ "message": "m"\n "code": 7 }' }).kind).toBe("off");
  });

  it("tell the provider's own failures from others", () => {
    const own = '[{"error":{"message":"overloaded"}}]';
    expect(meaning([], { status: 503, text: own })).toEqual({ kind: "transient", code: "unavailable" });
    expect(meaning([], { status: 503, text: own }, { errorShapes: [["detail"]] })).toEqual({
      kind: "uncertain",
      code: "unavailable",
    });
  });

  it("may be looked for in a header, as a plan that holds no model of this kind has", () => {
    const signal: FailureSignal = { status: 429, header: "x-limit", pattern: "^0$", kind: "model_off" };
    const of = (headers: Headers) => meaning([signal], { headers, text: "0" });
    // The document says what it means: a pause beside it changes nothing.
    expect(of({ "x-limit": "0", "retry-after": "3" })).toEqual(off("model_not_on_tier", "model"));
    for (const headers of [{}, { "x-limit": "10" }] as Headers[]) expect(of(headers).kind).toBe("rate");
    const { pattern: _, ...present } = signal;
    expect(meaning([present], { headers: { "x-limit": "" } }).kind).toBe("off");
    expect(meaning([present], {}).kind).toBe("rate");
    expect(meaning([{ ...signal, unless: "0" }], { headers: { "x-limit": "0" } }).kind).toBe("rate");
  });
});
