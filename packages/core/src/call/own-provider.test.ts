import { describe, expect, it, onTestFinished } from "vitest";
import { resume } from "../account/off.js";
import { mergeModels } from "../catalog/merge-models.js";
import { createContext } from "../create-context.js";
import type { LaplasError } from "../errors/laplas-error.js";
import { LedgerError } from "../errors/setup-errors.js";
import type { LaplasEvent } from "../events.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { listModels } from "../model-status.js";
import { resolveOptions } from "../options.js";
import { completeProvider } from "../provider/complete-provider.js";
import type { Provider, ProviderDocument } from "../provider/provider.js";
import { runCall } from "../route/run-call.js";
import { NOON } from "../testing/call.js";
import { API_KEY, ask, rejection } from "../testing/engine.js";
import { chunk, eventStream, serve } from "../testing/server.js";
import { windowRule } from "../testing/tier.js";
import type { Rule, Tier } from "../tier/tier.js";

const HOUR_MS = 3_600_000;
const MODELS = ["swift", "deep", "wide"] as const;
const DAILY = 6;

const perModel = { meter: "requests", scope: "model" } as const;
const tier: Tier = {
  name: "free",
  title: "Own free tier",
  unit: { name: "tokens", field: "tokens" },
  rules: [
    windowRule({
      id: "daily_requests",
      ...perModel,
      limit: DAILY,
      period: { type: "day", zone: "America/Los_Angeles", resetHour: 0 },
    }),
    windowRule({ id: "minute_tokens", meter: "tokens", scope: "model", limit: 1_000_000, period: { type: "minute" } }),
  ],
};

const document: ProviderDocument = {
  id: "own",
  title: "Own",
  baseURL: "https://own.example/v1",
  keyVariable: "OWN_KEY",
  tiers: [],
  lingerMs: 1_000,
  signals: {
    headers: [
      { name: "x-limit-day", tells: "limit", ...perModel, period: "day" },
      { name: "x-left-day", tells: "remaining", ...perModel, period: "day" },
      { name: "x-reset-day", tells: "reset", ...perModel, period: "day", format: "duration" },
    ],
    failures: [
      { status: 429, pattern: "requests per day", kind: "quota", ...perModel, period: "day" },
      {
        status: 429,
        path: "error.details.violations.quotaId",
        pattern: "PerDay",
        kind: "quota",
        scope: "model",
        period: "day",
      },
      {
        status: 429,
        path: "error.details.violations.quotaId",
        pattern: "TokensPer\\w*Minute",
        kind: "quota",
        meter: "tokens",
        period: "minute",
        until: { path: "error.details.retryDelay", format: "duration" },
      },
      { status: 429, pattern: "slow down", kind: "rate", scope: "model" },
    ],
  },
};

const provider: Provider = completeProvider(document, {
  baseURL: document.baseURL,
  models: mergeModels(
    [],
    MODELS.map((id) => ({ id, modality: "chat", contextTokens: 8_000 })),
  ),
  findOffTier: () => undefined,
  tiers: [tier],
});

/** An answer of the provider. */
interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** Takes a request of a model, and says what comes of it. */
type Answer = (model: string) => Reply | Promise<Reply>;

/** The provider, strict in its own way, and an engine on it whose clock the test moves. */
async function setup(
  answer: Answer,
  change: (store: LedgerStore) => Partial<LedgerStore> = () => ({}),
  rules: readonly Rule[] = tier.rules,
) {
  const clock = { at: NOON };
  const sent: string[] = [];
  const baseURL = await serve(async (_, response, body) => {
    const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean };
    sent.push(model);
    const { status = 200, headers = {}, body: said } = await answer(model);
    response.writeHead(status, headers);
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    if (said !== undefined) response.end(typeof said === "string" ? said : JSON.stringify(said));
    else if (stream === true) response.end(eventStream(chunk("Hi", "stop"), { choices: [], usage }, "[DONE]"));
    else response.end(JSON.stringify({ choices: [{ message: { role: "assistant", content: "Hi" } }], usage }));
  });
  const events: LaplasEvent[] = [];
  const memory = createMemoryStore({ now: () => clock.at });
  const context = createContext(
    resolveOptions(
      {
        apiKey: API_KEY,
        baseURL,
        ledger: { ...memory, ...change(memory) },
        maxRetries: 0,
        patienceMs: 0,
        now: () => clock.at,
        onEvent: (event) => events.push(event),
      },
      { ...provider, defaultTier: { ...tier, rules }, tiers: [{ ...tier, rules }] },
    ),
  );
  onTestFinished(() => context.close());
  const call = async (model: string, more: object = {}): Promise<void> => {
    const outcome = await runCall(context, "chat", [ask("Hello", { model, ...more })], {}, (one) => one);
    if (outcome.kind === "stream") await outcome.report;
  };
  return {
    clock,
    sent,
    events,
    call,
    refused: async (model: string) => (await rejection(call(model))) as LaplasError,
    running: async () => (await context.account.look([])).running,
    callsLeft: async () => Object.fromEntries((await listModels(context)).map(({ id, callsLeft }) => [id, callsLeft])),
    resume: () => resume(context.account),
    leftOf: async (model: string) => {
      const [day] = (await context.account.look([model])).windowsOf(model);
      return DAILY - (day?.used ?? 0) - (day?.held ?? 0);
    },
    warnings: () => events.flatMap((event) => (event.type === "warning" ? [event.message] : [])),
  };
}

/** Counts the requests of a day by model, those from elsewhere too, and refuses more. */
function createCount(limit: number = DAILY) {
  const used: Record<string, number> = {};
  const resetDay = "19h30m0s";
  return {
    use: (model: string, requests: number): void => {
      used[model] = (used[model] ?? 0) + requests;
    },
    answer: (model: string): Reply => {
      const isRefused = (used[model] ?? 0) >= limit;
      if (!isRefused) used[model] = (used[model] ?? 0) + 1;
      const left = String(limit - (used[model] ?? 0));
      const headers = { "x-limit-day": String(limit), "x-left-day": left, "x-reset-day": resetDay };
      if (!isRefused) return { headers };
      const message = `Rate limit reached for model \`${model}\` on requests per day (RPD).`;
      return { status: 429, headers, body: { error: { message, type: "requests", code: "rate_limit_exceeded" } } };
    },
  };
}

describe("headers", () => {
  it.each([false, true])(
    "teach what was used elsewhere, so that nothing is sent in vain (stream: %s)",
    async (stream) => {
      const count = createCount();
      const { call, sent, refused, leftOf } = await setup(count.answer);
      await call("swift", { stream });
      count.use("swift", 3);
      await call("swift", { stream });
      expect(await leftOf("swift")).toBe(1);
      await call("swift", { stream });
      const error = await refused("swift");
      expect(error).toMatchObject({ code: "daily_quota", rule: "daily_requests" });
      expect(error.message).not.toMatch(/laplas|API tokens/);
      expect(sent).toHaveLength(3);
      // The other models are not concerned.
      await call("deep", { stream });
      expect(await leftOf("deep")).toBe(DAILY - 1);
    },
  );

  it("name the reset, until when nothing is sent though our own window begins anew", async () => {
    const count = createCount();
    const { call, clock, sent, refused } = await setup(count.answer);
    count.use("swift", DAILY - 1);
    await call("swift");
    // Our own day begins at midnight in Los Angeles, 19 hours and the margin from now.
    const resetsAt = new Date(NOON + 19.5 * HOUR_MS);
    expect(await refused("swift")).toMatchObject({ code: "daily_quota", resetsAt });
    clock.at = NOON + 19.25 * HOUR_MS;
    expect(await refused("swift")).toMatchObject({ code: "daily_quota", resetsAt });
    clock.at = resetsAt.getTime();
    count.use("swift", -DAILY);
    await call("swift");
    expect(sent).toHaveLength(2);
  });

  it("count down from the server's own limit, where it has a larger one", async () => {
    const count = createCount(100);
    const { call, leftOf } = await setup(count.answer);
    count.use("swift", 3);
    await call("swift");
    expect(await leftOf("swift")).toBe(DAILY - 4);
  });

  it("that say what the account counts itself cost no step of the ledger", async () => {
    const count = createCount();
    let taught = 0;
    const { call } = await setup(count.answer, (memory) => ({
      teach: async (account, lessons) => {
        // Values are what calls have cost.
        if (lessons.some(({ kind }) => kind !== "value")) taught += 1;
        await memory.teach(account, lessons);
      },
    }));
    for (let calls = 0; calls < 3; calls += 1) await call("swift");
    expect(taught).toBe(0);
    count.use("swift", 1);
    await call("swift");
    expect(taught).toBe(1);
  });

  it.each([
    ["a refusal, which counts nowhere", 429, "slow down"],
    ["a failure, which counts in a window of failures", 500, { error: { message: "Sorry" } }],
  ])("of %s, teach what is left once its call is over", async (_, status, body) => {
    const rules = tier.rules.map((rule) => (rule.id === "daily_requests" ? { ...rule, countsFailures: true } : rule));
    const headers = { "x-limit-day": String(DAILY), "x-left-day": "2" };
    const { refused, leftOf } = await setup(() => ({ status, headers, body }), undefined, rules);
    await refused("swift");
    expect(await leftOf("swift")).toBe(2);
  });

  it("that can't be read, or written down, fail no call", async () => {
    const odd = { "x-left-day": "many", "x-limit-day": "-", "x-reset-day": "tomorrow" };
    await (await setup(() => ({ headers: odd }))).call("swift");
    const full = () => ({ teach: () => Promise.reject(new LedgerError("disk full")) });
    const { call, warnings } = await setup(() => ({ headers: { "x-left-day": "1" } }), full);
    await call("swift");
    expect(warnings()).toContain("disk full");
  });
});

describe("a refusal", () => {
  it("of one model's quota leaves the others alone, and is over with its window", async () => {
    const count = createCount();
    const answer = (model: string): Reply => {
      const { headers: _, ...reply } = count.answer(model);
      return reply;
    };
    const { call, callsLeft, clock, sent, refused, events } = await setup(answer);
    count.use("swift", DAILY);
    const resetsAt = new Date("2026-03-11T07:00:02.000Z");
    expect(await refused("swift")).toMatchObject({ code: "daily_quota", resetsAt, rule: "daily_requests" });
    expect(await refused("swift")).toMatchObject({ code: "daily_quota", resetsAt });
    await call("deep");
    expect(sent).toEqual(["swift", "deep"]);
    expect(await callsLeft()).toMatchObject({ swift: 0, deep: DAILY - 1, wide: DAILY });
    expect(events).toContainEqual(expect.objectContaining({ type: "upstream-quota", code: "daily_quota" }));
    clock.at = resetsAt.getTime();
    count.use("swift", -DAILY);
    await call("swift");
  });

  it("that does not say until when lasts until the reset that a header names for that window", async () => {
    const count = createCount();
    const { refused, clock, call, sent } = await setup(count.answer);
    count.use("swift", DAILY);
    const resetsAt = new Date(NOON + 19.5 * HOUR_MS);
    expect(await refused("swift")).toMatchObject({ code: "daily_quota", resetsAt, rule: "daily_requests" });
    count.use("swift", -DAILY);
    clock.at = resetsAt.getTime() - 1;
    expect(await refused("swift")).toMatchObject({ resetsAt });
    clock.at += 1;
    await call("swift");
    expect(sent).toEqual(["swift", "swift"]);
  });

  it("in the provider's own shape is told in its words, whatever the status", async () => {
    const answer = (): Reply => ({ status: 418, body: { error: { message: "This plan draws no tea." } } });
    const { refused } = await setup(answer);
    expect(await refused("swift")).toMatchObject({
      code: "invalid_request",
      httpStatus: 418,
      message: expect.stringContaining("This plan draws no tea"),
    });
  });

  it("for the rate of one model pauses that model", async () => {
    let isSlow = true;
    const answer: Answer = (model) =>
      isSlow && model === "swift" ? { status: 429, headers: { "retry-after": "9" }, body: "slow down" } : {};
    const { call, clock, sent, refused } = await setup(answer);
    expect(await refused("swift")).toMatchObject({ code: "rate_limited", retryAfterMs: 9_000 });
    expect(await refused("swift")).toMatchObject({ code: "rate_limited", retryAfterMs: 9_000 });
    await call("deep");
    isSlow = false;
    clock.at += 9_000;
    await call("swift");
    expect(sent).toEqual(["swift", "deep", "swift"]);
  });

  it("in a list means what its details say", async () => {
    const refusal = (quotaId: string, more: object[] = []): Reply => {
      const details = [{ violations: [{ quotaId, quotaValue: "20" }] }, ...more];
      return {
        status: 429,
        body: [
          { error: { code: 429, message: "You exceeded your current quota.", status: "RESOURCE_EXHAUSTED", details } },
        ],
      };
    };
    const replies: Readonly<Record<string, Reply>> = {
      swift: refusal("GenerateRequestsPerDayPerProjectPerModel-FreeTier", [{ retryDelay: "36s" }]),
      deep: refusal("GenerateContentInputTokensPerModelPerMinute-FreeTier", [{ retryDelay: "36s" }]),
      wide: { status: 429, body: [{ error: { code: 429, message: "Quota exceeded, limit: 0, model: wide" } }] },
    };
    const { sent, refused } = await setup((model) => replies[model] ?? {});
    for (let asked = 0; asked < 2; asked += 1) {
      expect(await refused("swift")).toMatchObject({
        code: "daily_quota",
        resetsAt: new Date("2026-03-11T07:00:02.000Z"),
      });
      expect(await refused("deep")).toMatchObject({ code: "rate_limited", retryAfterMs: 36_000 });
      expect(await refused("wide")).toMatchObject({ code: "model_not_on_tier", retryable: false });
    }
    expect(sent).toEqual(["swift", "deep", "wide"]);
  });

  it("before somebody pays closes the account, is said once, and ends by hand alone", async () => {
    let isPaid = false;
    const body = { error: { message: "Insufficient balance", code: 402 } };
    const { call, clock, sent, refused, resume, events, warnings } = await setup(() =>
      isPaid ? {} : { status: 402, body },
    );
    const first = await refused("swift");
    expect(first).toMatchObject({ code: "payment_required", retryable: false, httpStatus: 402 });
    clock.at += 400 * 24 * HOUR_MS;
    for (const model of MODELS)
      expect(await refused(model)).toMatchObject({ code: "payment_required", message: first.message });
    expect(sent).toHaveLength(1);
    expect(events.filter(({ type }) => type === "upstream-off")).toMatchObject([
      { code: "payment_required", model: "swift" },
    ]);
    expect(warnings()).toEqual([first.message]);
    isPaid = true;
    await resume();
    await call("swift");
  });

  it("that several calls meet at once is said once", async () => {
    let isMet = false;
    const { promise: bothSent, resolve: sendBoth } = Promise.withResolvers<void>();
    const { call, events, sent } = await setup(async () => {
      const isSecond = isMet;
      isMet = true;
      if (isSecond) sendBoth();
      await (isSecond ? first.catch(() => {}) : bothSent);
      return { status: 402 };
    });
    const first = call("swift");
    const second = call("deep");
    for (const one of [first, second]) expect(await rejection(one)).toMatchObject({ code: "payment_required" });
    expect(sent).toHaveLength(2);
    expect(events.filter(({ type }) => type === "upstream-off")).toHaveLength(1);
  });

  it("that comes in a list, and as a success, is one all the same", async () => {
    const body = [{ error: { code: 429, message: "No more requests per day." } }];
    const { refused, running } = await setup(() => ({ body }));
    expect(await refused("swift")).toMatchObject({ code: "daily_quota", rule: "daily_requests" });
    expect(await running()).toBe(0);
  });

  it("of a model that is gone is met once a model", async () => {
    const answer: Answer = (model) => (model === "wide" ? {} : { status: 410, body: { message: "Gone" } });
    const { call, sent, refused, resume, events } = await setup(answer);
    for (const model of ["swift", "deep", "swift", "deep"]) {
      const error = await refused(model);
      expect(error).toMatchObject({ code: "model_not_on_tier", retryable: false });
      expect(error.message).toContain(`"${model}"`);
    }
    await call("wide");
    expect(sent).toEqual(["swift", "deep", "wide"]);
    expect(events.filter(({ type }) => type === "upstream-off")).toHaveLength(2);
    await resume();
    await refused("swift");
    expect(sent).toHaveLength(4);
  });

  it("with a header of the limit 0 means that the model is not on the plan", async () => {
    const { sent, refused } = await setup(() => ({
      status: 429,
      headers: { "x-limit-day": "0", "x-left-day": "0" },
      body: "no",
    }));
    for (let asked = 0; asked < 2; asked += 1)
      expect(await refused("swift")).toMatchObject({ code: "model_not_on_tier" });
    expect(sent).toEqual(["swift"]);
  });

  it("with a header of the limit 0 and a reset closes the model until then, and not for ever", async () => {
    let isOver = false;
    const headers = { "x-limit-day": "0", "x-left-day": "0", "x-reset-day": "3h" };
    const { call, clock, sent, refused } = await setup(() => (isOver ? {} : { status: 429, headers, body: "no" }));
    expect(await refused("swift")).toMatchObject({ code: "rate_limited" });
    const resetsAt = new Date(NOON + 3 * HOUR_MS);
    expect(await refused("swift")).toMatchObject({ code: "daily_quota", resetsAt });
    expect(sent).toEqual(["swift"]);
    isOver = true;
    clock.at = resetsAt.getTime();
    await call("swift");
  });

  it("that a signal calls off can be asked again by hand at once, whatever reset stands beside it", async () => {
    let isOff = true;
    const headers = { "x-limit-day": "0", "x-left-day": "0", "x-reset-day": "3h" };
    const { call, refused, resume } = await setup(() => (isOff ? { status: 410, headers, body: "no" } : {}));
    expect(await refused("swift")).toMatchObject({ code: "model_not_on_tier" });
    isOff = false;
    await resume();
    await call("swift");
  });

  it("of the key names the provider's variable, and a failure lingers as the provider does", async () => {
    const replies: Readonly<Record<string, Reply>> = {
      swift: { status: 401, body: "no" },
      deep: { status: 502, body: "<html>" },
    };
    const { refused, running, clock } = await setup((model) => replies[model] ?? {});
    expect((await refused("swift")).message).toMatch(/option "apiKey" \(OWN_KEY\)/);
    expect(await refused("deep")).toMatchObject({ code: "unavailable", retryAfterMs: 1_000 });
    clock.at += 999;
    expect(await running()).toBe(1);
    clock.at += 1;
    expect(await running()).toBe(0);
  });
});
