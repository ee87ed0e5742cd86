import { describe, expect, it, test } from "vitest";
import type { WindowLeft } from "../account/remaining.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { ask, createPair, createTestEngine } from "../testing/engine.js";
import { evidence } from "../testing/tier.js";
import type { TierDocument } from "../tier/tier.js";
import { rateLimitHeaders } from "./rate-limit-headers.js";

const CHAT = "http://x/v1/chat/completions";

function post(body: object): RequestInit {
  return { method: "POST", body: JSON.stringify(body) };
}

function limitsOf(response: Response): Record<string, string> {
  return Object.fromEntries([...response.headers].filter(([name]) => name.startsWith("x-ratelimit")));
}

describe("the remaining quota, on every answer", () => {
  it("is told as OpenAI tells it: after the call, in API tokens", async () => {
    const now = () => Date.parse("2026-03-10T10:30:00Z");
    const { laplas } = await createPair({ now });
    const whole = await laplas.fetch(CHAT, post(ask("Hello")));
    const reset = "13h30m2s";
    expect(limitsOf(whole)).toEqual({
      "x-ratelimit-limit-tokens": "50000",
      "x-ratelimit-remaining-tokens": "49984",
      "x-ratelimit-reset-tokens": reset,
    });
    const stream = await laplas.fetch(CHAT, post(ask("Hello", { stream: true })));
    expect(limitsOf(stream)).toMatchObject({ "x-ratelimit-remaining-tokens": "49984" });
    await stream.text();
    for (const response of [
      await laplas.fetch(CHAT, post(ask("Hello", { model: "nope" }))),
      await laplas.fetch(CHAT, { method: "POST", body: "{" }),
      await laplas.fetch("http://x/v1/models"),
      await laplas.fetch("http://x/v1/models/gpt-4o"),
    ]) {
      expect(limitsOf(response)).toMatchObject({ "x-ratelimit-remaining-tokens": "49968" });
    }
  });

  it("counts requests of a model where the tier does", async () => {
    const { laplas } = await createPair({ tier: "playground" });
    const response = await laplas.fetch(CHAT, post(ask("Hello")));
    expect(limitsOf(response)).toMatchObject({
      "x-ratelimit-limit-requests": "10",
      "x-ratelimit-remaining-requests": "9",
      "x-ratelimit-remaining-tokens": "49984",
    });
    const refused = await laplas.fetch(CHAT, post(ask("Hello", { max_tokens: -1 })));
    expect(limitsOf(refused)).toMatchObject({ "x-ratelimit-remaining-requests": "9" });
    const other = await laplas.fetch(CHAT, post(ask("Hello", { model: "gpt-4.1-nano", max_tokens: -1 })));
    expect(limitsOf(other)).toMatchObject({ "x-ratelimit-remaining-requests": "10" });
    const unknown = await laplas.fetch(CHAT, post(ask("Hello", { model: "nope" })));
    expect(limitsOf(unknown)).not.toHaveProperty("x-ratelimit-limit-requests");
  });

  it("is nothing where nothing is limited", async () => {
    const { laplas } = await createPair({ tier: "paid" });
    expect(limitsOf(await laplas.fetch(CHAT, post(ask("Hello"))))).toEqual({});
  });

  it("of a rolling window has no reset while something is left", async () => {
    const tier: TierDocument = {
      name: "rolling",
      title: "rolling",
      rules: [
        {
          id: "minute",
          kind: "window",
          meter: "credits",
          limit: 100,
          period: { type: "rolling", spanMs: 60_000 },
          evidence,
        },
      ],
    };
    const { laplas } = await createPair({ tier });
    const response = await laplas.fetch(CHAT, post(ask("Hello")));
    expect(limitsOf(response)).toEqual({ "x-ratelimit-limit-tokens": "100", "x-ratelimit-remaining-tokens": "84" });
  });

  it("is left out by a ledger that fails: the answer is worth more", async () => {
    const view = () => Promise.reject(new Error("broken"));
    const failing = { name: "memory", reserve: 1, settle: 1, teach: 1, view };
    const { laplas } = createTestEngine("http://127.0.0.1:9/v1", { ledger: failing as unknown as LedgerStore });
    const response = await laplas.fetch("http://x/v1/models");
    expect([response.status, limitsOf(response)]).toEqual([200, {}]);
  });

  test.each([
    [0, "0s"],
    [400, "1s"],
    [59_001, "1m0s"],
    [3_600_000, "1h0m0s"],
    [86_399_999, "24h0m0s"],
  ])("%i ms are written as %s", (ms, text) => {
    const window = {
      rule: "r",
      metric: "requests",
      unit: "requests",
      limit: 1,
      remaining: 0,
      resetsAt: new Date(ms),
    } as const;
    expect(rateLimitHeaders([window], 0)).toMatchObject({ "x-ratelimit-reset-requests": text });
  });
});

describe("the tightest window of each kind", () => {
  const window = (remaining: number, fields: Partial<WindowLeft> = {}): WindowLeft => {
    return { rule: "r", metric: "apiTokens", unit: "API tokens", limit: 100, remaining, ...fields };
  };

  it("is told with its limit and reset", () => {
    const windows = [
      window(9),
      window(5, { limit: 50, resetsAt: new Date(7_261_000) }),
      window(3, { metric: "requests", limit: 10 }),
    ];
    expect(rateLimitHeaders(windows, 0)).toEqual({
      "x-ratelimit-limit-requests": "10",
      "x-ratelimit-remaining-requests": "3",
      "x-ratelimit-limit-tokens": "50",
      "x-ratelimit-remaining-tokens": "5",
      "x-ratelimit-reset-tokens": "2h1m1s",
    });
  });

  it("that has reset by now resets in no time", () => {
    expect(rateLimitHeaders([window(0, { resetsAt: new Date(1) })], 5_000)).toMatchObject({
      "x-ratelimit-reset-tokens": "0s",
    });
  });
});
