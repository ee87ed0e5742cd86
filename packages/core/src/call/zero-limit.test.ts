import { describe, expect, it, test } from "vitest";
import type { HeaderSignal, Signals } from "../provider/signals.js";
import { classifyFailure, type FailureClass } from "./classify-failure.js";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
const OFF = { kind: "off", code: "model_not_on_tier", scope: "model" } as const;
const RATE = { kind: "rate", retryAfterMs: 5_000 } as const;

interface Answer {
  readonly status?: number;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const meaning = ({ status = 429, text = "", headers = {} }: Answer, signals: Partial<Signals> = {}): FailureClass =>
  classifyFailure(
    { status, text, header: (name) => headers[name], modality: "chat", now: NOW },
    { failures: [], headers: [], errorShapes: [["error.message"]], ...signals },
  );
const saying = (message: string): string => JSON.stringify({ error: { message } });
const google = "* Quota exceeded for metric: free_tier_requests, limit: 0, model: wide";

describe("an error that says that a quota of 0 is exceeded", () => {
  test.each([google, `${google}\nSee the documentation.`, "Quota exceeded, limit:0", "quota exceeded (limit: 0)."])(
    "%j means that the model is not on this plan",
    (message) => {
      for (const status of [429, 403]) expect(meaning({ status, text: saying(message) })).toEqual(OFF);
      expect(meaning({ text: JSON.stringify([{ error: { message } }]) })).toEqual(OFF);
      expect(meaning({ status: 400, text: saying(message) })).toEqual({ kind: "refused", code: "invalid_request" });
      expect(meaning({ status: 503, text: saying(message) })).toEqual({ kind: "transient", code: "unavailable" });
    },
  );

  test.each([
    saying("Rate limit: 0, slow down"),
    saying("Quota exceeded, limit: 0 requests left"),
    saying("Quota exceeded, limit: 0.5"),
    saying("Quota exceeded, limit: 01"),
    saying("Quota exceeded, sublimit: 0"),
    saying("limit: 0, and before that: quota exceeded"),
    JSON.stringify({ error: { message: "Slow down" }, prompt: google }),
    google,
    `<p>${google}</p>`,
  ])("is none of these: %s", (text) => expect(meaning({ text })).toEqual(RATE));

  it("closes nothing for ever where the answer names a time, in whatever place", () => {
    const headers = [
      { name: "x-reset", tells: "reset", format: "seconds", meter: "tokens", period: "minute" },
    ] as const;
    const text = saying(google);
    expect(meaning({ text, headers: { "retry-after": "3" } })).toEqual({ kind: "rate", retryAfterMs: 3_000 });
    expect(meaning({ text, headers: { "x-reset": "9" } }, { headers })).toEqual(RATE);
    // What is over by now is no time to wait for.
    expect(meaning({ text, headers: { "x-reset": "0" } }, { headers })).toEqual(OFF);
    const worded = { kind: "rate", retryAfterMs: 36_400 };
    expect(meaning({ text: saying(`${google}. Please retry in 36.4s.`) })).toEqual(worded);
    for (const words of ["Try again tomorrow.", "It resets at noon."])
      expect(meaning({ text: saying(`${google}. ${words}`) })).toEqual(RATE);
    const details = [{ retryDelay: "36s" }];
    expect(meaning({ text: JSON.stringify({ error: { message: google, details } }) })).toEqual(RATE);
  });

  it("means what a signal says, where one fits", () => {
    const text = saying(`${google}\nPlease retry in 36.4s.`);
    expect(meaning({ text }, { failures: [{ pattern: "limit: 0\\b", kind: "model_off" }] })).toEqual(OFF);
    const daily = { kind: "quota", period: "day" } as const;
    expect(meaning({ text: saying(google) }, { failures: [daily] })).toEqual({ ...daily, code: "daily_quota" });
  });
});

describe("a header of the limit 0", () => {
  const signal = { name: "x-limit", tells: "limit", meter: "requests", period: "minute" } as const;
  const of = (limit: string, more: Answer = {}, scope: HeaderSignal["scope"] = "model"): FailureClass =>
    meaning({ ...more, headers: { "x-limit": limit, ...more.headers } }, { headers: [{ ...signal, scope }] });

  it("means that the model is not on this plan, where its scope is the model or a pool that holds it", () => {
    for (const scope of ["model", "pool"] as const) expect(of("0", {}, scope)).toEqual(OFF);
    expect(of(" 0.0 ")).toEqual(OFF);
    expect(of("0", { status: 403 })).toEqual(OFF);
    // Of an account it is no more than a count, and closes no model.
    expect(of("0", {}, "account")).toEqual(RATE);
    expect(meaning({ headers: { "x-limit": "0" } }, { headers: [signal] })).toEqual(RATE);
  });

  it("is none where it says more, on another status, or where the answer names a time or fits a signal", () => {
    for (const limit of ["10", "0.5", "none", ""]) expect(of(limit)).toEqual(RATE);
    expect(of("0", { status: 503 })).toEqual({ kind: "uncertain", code: "unavailable" });
    expect(of("0", { status: 401 })).toEqual({ kind: "refused", code: "authentication" });
    expect(of("0", { headers: { "retry-after": "7" } })).toEqual({ kind: "rate", retryAfterMs: 7_000 });
    expect(of("0", { text: saying("Try again in a minute") })).toEqual(RATE);
    const failures = [{ kind: "rate", scope: "account" }] as const;
    expect(meaning({ headers: { "x-limit": "0" } }, { failures, headers: [{ ...signal, scope: "model" }] })).toEqual({
      ...RATE,
      isGuess: true,
      scope: "account",
    });
  });

  it("of a window that says when it begins anew closes nothing for ever", () => {
    const headers: readonly HeaderSignal[] = [
      { ...signal, scope: "model" },
      { ...signal, scope: "model", name: "x-reset", tells: "reset", format: "seconds" },
    ];
    expect(meaning({ headers: { "x-limit": "0", "x-reset": "90" } }, { headers })).toEqual(RATE);
  });
});
