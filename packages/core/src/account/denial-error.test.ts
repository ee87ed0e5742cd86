import { describe, expect, it, test } from "vitest";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { withoutRetryWords } from "../errors/quote.js";
import { UpstreamError } from "../errors/upstream-errors.js";
import { BREAKER, type Denial } from "../ledger/ledger-store.js";
import { API_TOKENS } from "../providers/laplas/laplas-tiers.js";
import { NOON } from "../testing/ledger.js";
import { windowRule } from "../testing/tier.js";
import type { WindowRule } from "../tier/tier.js";
import { denialError } from "./denial-error.js";

const windows = [windowRule(), windowRule({ id: "requests", meter: "requests" })];
const words = { tier: { title: "test tier", unit: API_TOKENS }, windows, remedy: " Take another." };

function denial(more: Partial<Denial> = {}): Denial {
  return {
    reason: "window",
    rule: "daily",
    bucket: "credits",
    code: "daily_quota",
    resetsAt: Date.parse("2026-03-11T00:00:02.000Z"),
    used: 1_000,
    limit: 1_000,
    now: NOON,
    ...more,
  };
}

describe("a window that is full", () => {
  it("is a fatal error that says of what, under which rule, until when and what else to do", () => {
    const error = denialError(denial(), words);
    expect(FatalLimitError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: "daily_quota", rule: "daily", resetsAt: new Date("2026-03-11T00:00:02.000Z") });
    expect(error.message).toBe(
      "test tier: daily quota used up (1000 of 1000 API tokens, rule daily). It will reset at 2026-03-11T00:00:02.000Z. Take another.",
    );
    expect(error).not.toHaveProperty("retryAfterMs");
  });

  it.each<[WindowRule["period"], string]>([
    [{ type: "minute" }, "per-minute"],
    [{ type: "rolling", spanMs: 60_000 }, "per-minute"],
    [{ type: "bucket", spanMs: 60_000 }, "per-minute"],
    [{ type: "rolling", spanMs: 60_001 }, "hourly"],
    [{ type: "hour" }, "hourly"],
  ])("of %o is called %s", (period, name) => {
    const rule = windowRule({ id: "requests", meter: "requests", period });
    const full = denial({ rule: "requests", code: "hourly_quota", resetsAt: NOON + 61_000 });
    expect(denialError(full, { ...words, windows: [rule] }).message).toMatch(`test tier: ${name} quota used up`);
  });

  test.each([
    [60_000, "rate_limited", true],
    [60_001, "daily_quota", false],
  ])("%i ms before the reset is %s", (left, code, retryable) => {
    const error = denialError(denial({ resetsAt: NOON + left }), words);
    expect(error).toMatchObject({ code, retryable, rule: "daily", resetsAt: new Date(NOON + left) });
    expect(RetryableLimitError.isInstance(error)).toBe(retryable);
    if (retryable) expect(error).toMatchObject({ retryAfterMs: left });
  });

  test.each([
    ["hourly_quota", "hourly quota used up"],
    ["daily_quota", "daily quota used up"],
    ["monthly_quota", "monthly quota used up"],
  ] as const)("with the code %s reads: %s", (code, text) => {
    expect(denialError(denial({ code }), words)).toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it("counts in its own unit, in whole numbers", () => {
    const error = denialError(denial({ rule: "requests", used: 9.6, limit: 10 }), words);
    expect(error.message).toContain("(10 of 10 requests, rule requests)");
  });

  test.each([
    ["tokens", "model tokens"],
    ["inputTokens", "input tokens"],
    ["outputTokens", "output tokens"],
  ] as const)("counts %s as %s", (meter, unit) => {
    const error = denialError(denial({ rule: "own" }), { ...words, windows: [windowRule({ id: "own", meter })] });
    expect(error.message).toContain(`(1000 of 1000 ${unit}, rule own)`);
  });

  it("is over at once where its end has passed meanwhile", () => {
    expect(denialError(denial({ resetsAt: NOON - 5 }), words)).toMatchObject({ retryAfterMs: 0 });
  });
});

describe("other denials", () => {
  it("of a call that no empty window can hold are fatal, with no time to come again", () => {
    const error = denialError(denial({ reason: "cost", code: "request_cost" }), words);
    expect(error).toMatchObject({ code: "request_cost", retryable: false, rule: "daily" });
    expect(error.message).toMatch(/may use more than the whole limit of 1000 API tokens \(rule \w+\)/);
    expect(error).not.toHaveProperty("resetsAt");
  });

  it("of a call that asks for more than an empty window holds are about its size, and no option's fault", () => {
    const asked = windowRule({ id: "asked", meter: "tokens", hold: "asked" });
    const error = denialError(denial({ reason: "cost", code: "request_cost", rule: "asked" }), {
      ...words,
      windows: [...windows, asked],
    });
    expect(FatalLimitError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: "request_size", retryable: false, rule: "asked" });
    expect(error.message).toBe(
      "test tier: this request may need more than the whole limit of 1000 model tokens (rule asked). Send less at once.",
    );
  });

  it("of the server say so instead of a count, with its own details", () => {
    const details = { httpStatus: 403, requestId: "r1", billingUrl: "https://example.com/billing" };
    const error = denialError(denial({ reason: "upstream" }), words, details);
    expect(error).toMatchObject({ code: "daily_quota", ...details });
    expect(error.message).toContain("daily quota used up (the server says so).");
  });

  it.each([
    [
      "payment_required",
      "test tier: the provider requires payment before it serves any more requests. It is not asked again until you say so: laplas doctor --resume, or resume() of the engine.",
    ],
    [
      "model_not_on_tier",
      'test tier: the provider does not serve "gpt-4o" on this plan. It is not asked again until you say so: laplas doctor --resume, or resume() of the engine.',
    ],
  ] as const)(
    "of what is off (%s) are fatal without a time, in the words of the answer that said so",
    (code, message) => {
      const off = denial({ reason: "upstream", code, rule: "upstream", resetsAt: NOON + 100 * 366 * 86_400_000 });
      const error = denialError(off, { ...words, model: "gpt-4o" });
      expect(FatalLimitError.isInstance(error)).toBe(true);
      expect(error).toMatchObject({ code, retryable: false, rule: "upstream", message });
      expect(error).not.toHaveProperty("resetsAt");
      // Words on which LiteLLM and other hosts ask again, or wait for hours.
      expect(withoutRetryWords(message)).toBe(message);
    },
  );

  it("of the breaker are the upstream's, whatever the wait", () => {
    const error = denialError(
      denial({ reason: "breaker", rule: BREAKER, code: "hourly_quota", resetsAt: NOON + 59_001 }),
      words,
    );
    expect(UpstreamError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: "unavailable", retryable: true, retryAfterMs: 59_001 });
    expect(error.message).toMatch(/did not answer several requests in a row.*in 60 s/);
  });
});
