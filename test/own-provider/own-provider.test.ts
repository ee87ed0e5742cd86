import { createEngine, type Engine, isLaplasError, type LaplasError, type ProviderDocument } from "@laplas/core";
import { expect, it, onTestFinished } from "vitest";
import { LIMITS, openStrictProvider, type SeenRequest } from "./strict-provider.ts";
import { createVirtualTime, type Sleeper } from "./virtual-time.ts";

const KEY = "own-key-71fd0c";
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const evidence = { source: "Their page on limits", date: "2026-11-01", status: "published", goodForDays: 30 } as const;

/** As a user writes it, from the provider's page alone. */
const document: ProviderDocument = {
  id: "heron",
  title: "Heron Cloud",
  baseURL: "https://api.heron.example/api",
  keyVariable: "HERON_KEY",
  paths: { chat: "/talk" },
  models: [
    { id: "heron-large", modality: "chat", contextTokens: 8_000 },
    { id: "heron-small", modality: "chat", contextTokens: 8_000 },
  ],
  tiers: [
    {
      name: "hobby",
      title: "Heron hobby tier",
      rules: [
        { id: "kinds", kind: "allowedModalities", modalities: ["chat"], evidence },
        {
          id: "large_day",
          kind: "window",
          meter: "requests",
          limit: 40,
          period: { type: "day" },
          scope: "model",
          models: ["heron-large"],
          marginMs: 0,
          evidence,
        },
        {
          id: "small_day",
          kind: "window",
          meter: "requests",
          limit: 200,
          period: { type: "day" },
          scope: "model",
          models: ["heron-small"],
          marginMs: 0,
          evidence,
        },
        {
          id: "minute_requests",
          kind: "window",
          meter: "requests",
          limit: 10,
          period: { type: "minute" },
          marginMs: 0,
          evidence,
        },
        {
          id: "minute_tokens",
          kind: "window",
          meter: "tokens",
          limit: 3_000,
          period: { type: "minute" },
          marginMs: 0,
          evidence,
        },
      ],
    },
  ],
  signals: {
    failures: [
      {
        status: 429,
        path: "0.fault.reason",
        pattern: "day-full",
        kind: "quota",
        meter: "requests",
        period: "day",
        scope: "model",
        until: { header: "x-come-again-in", format: "duration" },
      },
      {
        status: 429,
        path: "0.fault.reason",
        pattern: "minute-full",
        kind: "quota",
        meter: "requests",
        period: "minute",
        until: { header: "x-come-again-in", format: "duration" },
      },
      {
        status: 429,
        path: "0.fault.reason",
        pattern: "minute-tokens-full",
        kind: "quota",
        meter: "tokens",
        period: "minute",
      },
    ],
    headers: [
      { name: "x-day-left", tells: "remaining", meter: "requests", period: "day" },
      { name: "x-day-ends", tells: "reset", meter: "requests", period: "day", format: "seconds" },
    ],
    errorShapes: [["0.fault.reason"]],
  },
};

it("a provider of a user's own is never asked in vain, and little of it is left unused", async () => {
  const time = createVirtualTime(Date.parse("2026-11-10T22:00:00.000Z"));
  const provider = await openStrictProvider(KEY, time.now);
  const told: string[] = [];
  const engine = createEngine({
    providers: [{ document, apiKey: KEY, baseURL: provider.baseURL }],
    ledger: "memory",
    now: time.now,
    // What has to wait for a window says until when, and this test's time goes on to there; calls that run are waited for.
    patienceMs: 500,
    maxRetries: 0,
    environment: {},
    onEvent: (event) => told.push(JSON.stringify(event)),
  });
  onTestFinished(() => engine.close());

  const errors: LaplasError[] = [];
  /** Makes its calls one after the other, each as soon as it may. */
  const caller =
    (model: string, calls: number, prompt: (index: number) => string) =>
    async ({ until }: Sleeper): Promise<void> => {
      for (let index = 0; index < calls; ) {
        try {
          await engine.chat({ model, messages: [{ role: "user", content: prompt(index) }] });
          index += 1;
        } catch (error) {
          if (!isLaplasError(error)) throw error;
          errors.push(error);
          const at = error.resetsAt?.getTime() ?? time.now() + (error.retryAfterMs ?? Number.NaN);
          expect(at).toBeGreaterThan(time.now());
          await until(at);
        }
      }
    };
  const short = (index: number): string => `Heron ${index}?`;
  const long = (index: number): string => `Heron ${index}: ${"reeds and water ".repeat(240)}`;
  await time.run([
    caller("heron-small", 150, short),
    caller("heron-small", 150, short),
    caller("heron-small", 100, long),
    caller("heron-large", 60, short),
    caller("heron-large", 40, long),
  ]);

  const refused = provider.requests.filter(({ status }) => status !== 200);
  expect(refused).toEqual([]);
  expect(provider.requests).toHaveLength(500);
  // Every limit was in the way, at one time or another.
  const inTheWay = new Set(errors.map(({ rule }) => rule));
  expect([...inTheWay].sort()).toEqual(["large_day", "minute_requests", "minute_tokens", "small_day"]);

  for (const [model, limit] of Object.entries(LIMITS.requestsPerDay)) {
    const days = countsBy(
      provider.requests.filter((request) => request.model === model),
      DAY_MS,
      () => 1,
    );
    // On the last day the calls end.
    for (const count of days.slice(0, -1)) expect(count).toBeGreaterThanOrEqual(limit * 0.95);
  }
  // While all callers have calls left, minutes are full: of requests, or of tokens.
  const busy = provider.requests.slice(0, 150);
  const requests = countsBy(busy, MINUTE_MS, () => 1).slice(0, -1);
  const tokens = countsBy(busy, MINUTE_MS, (request) => request.tokens).slice(0, -1);
  const used = requests.map((count, minute) =>
    Math.max(count / LIMITS.requestsPerMinute / 0.95, (tokens[minute] ?? 0) / LIMITS.tokensPerMinute / 0.8),
  );
  expect(mean(used)).toBeGreaterThanOrEqual(1);

  const said = [...errors.map(({ message }) => message), ...told, JSON.stringify(await listsOf(engine))].join("\n");
  expect(said).not.toMatch(/API tokens|api_?tokens|laplas free|gpt-|claude|LAPLAS_/i);
  expect(said).not.toContain(KEY);
});

it("what is used elsewhere is learned from the provider's headers, at once and for all callers", async () => {
  const time = createVirtualTime(Date.parse("2026-11-10T12:00:00.000Z"));
  const provider = await openStrictProvider(KEY, time.now);
  const engine = createEngine({
    providers: [{ document, apiKey: KEY, baseURL: provider.baseURL }],
    ledger: "memory",
    now: time.now,
    patienceMs: 0,
    maxRetries: 0,
    environment: {},
  });
  onTestFinished(() => engine.close());
  const ask = () => engine.chat({ model: "heron-large", messages: [{ role: "user", content: "Heron?" }] });
  await ask();
  provider.useElsewhere("heron-large", 37);
  // The answer to this one says that one is left.
  await ask();
  await ask();
  await expect(ask()).rejects.toMatchObject({ code: "daily_quota", resetsAt: new Date("2026-11-11T00:00:00.000Z") });
  expect(provider.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
  // Another model's day is its own.
  await engine.chat({ model: "heron-small", messages: [{ role: "user", content: "Heron?" }] });
});

it("what only a refusal tells is asked for once", async () => {
  const time = createVirtualTime(Date.parse("2026-11-10T12:00:00.000Z"));
  const provider = await openStrictProvider(KEY, time.now);
  const engine = createEngine({
    providers: [{ document, apiKey: KEY, baseURL: provider.baseURL }],
    ledger: "memory",
    now: time.now,
    patienceMs: 0,
    maxRetries: 0,
    environment: {},
  });
  onTestFinished(() => engine.close());
  provider.useElsewhere("heron-large", 40);
  const ask = () => engine.chat({ model: "heron-large", messages: [{ role: "user", content: "Heron?" }] });
  for (let call = 0; call < 5; call += 1) await expect(ask()).rejects.toMatchObject({ code: "daily_quota" });
  expect(provider.requests).toMatchObject([{ status: 429, reason: "day-full" }]);
  await engine.chat({ model: "heron-small", messages: [{ role: "user", content: "Heron?" }] });
});

/** What falls into each stretch of time that had a request, in order. */
function countsBy(
  requests: readonly SeenRequest[],
  spanMs: number,
  amount: (request: SeenRequest) => number,
): number[] {
  const counts: Map<number, number> = new Map();
  for (const request of requests) {
    const span = Math.floor(request.at / spanMs);
    counts.set(span, (counts.get(span) ?? 0) + amount(request));
  }
  return [...counts.values()];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** All that an engine tells of itself. */
async function listsOf(engine: Engine): Promise<unknown> {
  const request = { model: "heron-smal", messages: [{ role: "user" as const, content: "Heron?" }] };
  const models = await engine.fetch("/v1/models");
  return [
    await models.json(),
    await engine.models(),
    await engine.status(),
    await engine.check(request),
    await engine.check({ ...request, model: "heron-small" }),
    await engine.plan([{ request: { ...request, model: "heron-small" }, count: 1_000 }]),
    await (await engine.fetch("/v1/chat/completions", { method: "POST", body: JSON.stringify(request) })).json(),
    engine.tier,
  ];
}
