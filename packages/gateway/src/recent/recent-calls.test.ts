import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, test } from "vitest";
import type { RequestScope } from "../log/request-log.js";
import { createRecentCalls } from "./recent-calls.js";

const unit = { name: "API tokens", field: "apiTokens" } as const;
const NOON = Date.parse("2026-03-10T12:00:00.000Z");

function scope(more: Partial<RequestScope> = {}): RequestScope {
  return { method: "POST", path: "/v1/chat/completions", startedAt: 0, client: "alice", isTold: false, ...more };
}

function event(more: object = {}) {
  return {
    type: "call" as const,
    at: new Date(NOON),
    requestId: "r",
    endpoint: "chat" as const,
    provider: "laplas",
    model: "gpt-4o-mini",
    streamed: false,
    outcome: "answered" as const,
    apiTokens: 16,
    estimated: false,
    adjusted: [],
    waitedMs: 0,
    durationMs: 5,
    ...more,
  };
}

function errorAnswer(code: string, status = 429, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ error: { code: `free_tier_${code}`, message: `words about ${code}` } }), {
    status,
    headers: { "content-type": "application/json", "x-laplas-code": code, ...headers },
  });
}

it("keeps the newest 200, oldest first, and counts on", () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  for (let index = 0; index < 450; index += 1) calls.ended(event({ apiTokens: index }), scope());
  const kept = calls.list();
  expect(kept).toHaveLength(200);
  expect([kept[0]?.id, kept.at(-1)?.id, kept.at(-1)?.api_tokens]).toEqual([250, 449, 449]);
  expect(calls.list(448).map(({ id }) => id)).toEqual([448, 449]);
});

it("tells who made a call, where, and what became of it", () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  const adjusted = [{ field: "max_tokens", to: "max_tokens=512", rule: "output_tokens" }];
  calls.ended(event({ adjusted, waitedMs: 7 }), scope({ path: "/playground/v1/chat/completions", client: undefined }));
  calls.ended(event(), undefined);
  expect(calls.list()).toMatchObject([
    { surface: "playground", client: null, waited_ms: 7, adjusted: [{ to: "max_tokens=512", rule: "output_tokens" }] },
    { surface: "api", client: null, path: null, prompt: null, code: null, times: 1 },
  ]);
});

it("tells what was asked for beside what became of it, who asked, and what it took", () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  const adjusted = [
    { field: "max_tokens", from: "4000", to: "max_tokens=512", rule: "output_tokens" },
    { field: "seed", to: "seed=removed", rule: "dialect", changesAnswer: true as const },
  ];
  const asked = scope({ userAgent: "OpenAI/Python 3.4.0", askedModel: "claude-sonnet" });
  calls.ended(event({ adjusted, inputTokens: 12, outputTokens: 0 }), asked);
  calls.ended(event(), undefined);
  expect(calls.list()).toMatchObject([
    {
      user_agent: "OpenAI/Python 3.4.0",
      asked_model: "claude-sonnet",
      input_tokens: 12,
      output_tokens: 0,
      adjusted: [
        { field: "max_tokens", from: "4000", to: "max_tokens=512", rule: "output_tokens", changes_answer: false },
        { field: "seed", from: null, to: "seed=removed", rule: "dialect", changes_answer: true },
      ],
    },
    { user_agent: null, asked_model: null, input_tokens: null, output_tokens: null, adjusted: [] },
  ]);
});

it("tells of how many requests an answer is, and why it is no longer", () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  calls.ended(event({ parts: 3, ended: "budget" }), scope());
  calls.ended(event(), scope());
  expect(calls.list()).toMatchObject([
    { parts: 3, ended: "budget" },
    { parts: null, ended: null },
  ]);
});

it("tells which answers end at the tier's limit", () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  calls.ended(event({ truncatedByTier: true }), scope());
  calls.ended(event(), scope());
  expect(calls.list()).toMatchObject([{ truncated_by_tier: true }, { truncated_by_tier: false }]);
});

it("reads why from the answer, which stays as it was", async () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  const own = scope();
  calls.ended(event({ outcome: "refused", code: "daily_quota", apiTokens: 0 }), own);
  const resetsAt = "2026-03-11T00:00:02.000Z";
  const answer = await calls.explain(
    own,
    errorAnswer("daily_quota", 429, { "x-laplas-rule": "daily_api_tokens", "x-laplas-resets-at": resetsAt }),
  );
  expect(answer.status).toBe(429);
  expect(await answer.json()).toMatchObject({ error: { message: "words about daily_quota" } });
  expect(calls.list()).toMatchObject([
    { code: "daily_quota", message: "words about daily_quota", rule: "daily_api_tokens", resets_at: resetsAt },
  ]);
});

it("tells how long to wait only where waiting helps", async () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  for (const [retry, retryAfterMs] of [
    ["true", 3_000],
    ["false", null],
  ] as const) {
    const own = scope();
    calls.ended(event({ outcome: "refused", code: "busy" }), own);
    await calls.explain(own, errorAnswer("busy", 429, { "retry-after": "3", "x-should-retry": retry }));
    expect(calls.list().at(-1)?.retry_after_ms).toBe(retryAfterMs);
  }
});

it("keeps requests that became no call, those alike as one", async () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  for (let index = 0; index < 5; index += 1) {
    await calls.explain(scope({ client: undefined }), errorAnswer("invalid_api_key", 401));
    calls.ended(event(), scope());
  }
  await calls.explain(scope(), errorAnswer("unknown_path", 404));
  expect(calls.list().map(({ code, times, path }) => [code, times, path])).toEqual([
    ["invalid_api_key", 5, "/v1/chat/completions"],
    ...Array.from({ length: 5 }, () => [null, 1, null]),
    ["unknown_path", 1, "/v1/chat/completions"],
  ]);
});

it("keeps calls that are refused alike as one, which tells of the newest", async () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  for (let index = 0; index < 30; index += 1) {
    for (const model of ["one", "other"]) {
      const own = scope();
      calls.ended(event({ model, outcome: "refused", code: "daily_quota", at: new Date(NOON + index) }), own);
      await calls.explain(own, errorAnswer("daily_quota"));
    }
  }
  calls.ended(event({ model: "one", outcome: "refused", code: "image_input" }), scope());
  calls.ended(event({ model: "one", outcome: "refused", code: "daily_quota" }), scope({ client: "bob" }));
  calls.ended(event({ model: "one", outcome: "failed", code: "daily_quota" }), scope());
  calls.ended(event({ model: "one", outcome: "failed", code: "daily_quota" }), scope());
  expect(calls.list().map(({ model, code, client, times }) => [model, code, client, times])).toEqual([
    ["one", "daily_quota", "alice", 30],
    ["other", "daily_quota", "alice", 30],
    ["one", "image_input", "alice", 1],
    ["one", "daily_quota", "bob", 1],
    ["one", "daily_quota", "alice", 1],
    ["one", "daily_quota", "alice", 1],
  ]);
  expect(calls.list()[0]).toMatchObject({ at: new Date(NOON + 29).toISOString(), message: "words about daily_quota" });
});

it("folds no refusals whose prompts are shown and differ", () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  for (const prompt of ["one", "other", "one"]) {
    const own = scope();
    calls.asked(own, prompt);
    calls.ended(event({ outcome: "refused", code: "daily_quota" }), own);
  }
  expect(calls.list().map(({ prompt, times }) => [prompt, times])).toEqual([
    ["one", 2],
    ["other", 1],
  ]);
});

it("keeps nothing of the body that a model's name was a piece of", () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  const megabyte = 1_000_000;
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heapUsed = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heapUsed();
  for (let index = 0; index < 200; index += 1) {
    const body = JSON.parse(`{"model":"${index}${"m".repeat(megabyte)}"}`) as { model: string };
    calls.ended(event({ model: index % 2 === 0 ? body.model : body.model.slice(0, 100) }), scope());
  }
  expect(calls.list()).toHaveLength(200);
  expect(calls.list().every(({ model }) => model.length === 100)).toBe(true);
  expect(heapUsed() - before).toBeLessThan(20 * megabyte);
});

test.each([
  ["what was looked at", scope({ method: "GET" }), errorAnswer("no_such_picture", 404)],
  ["an answer that is no JSON", scope(), new Response("no", { status: 502 })],
  ["an answer in another form", scope(), Response.json({ error: "no" }, { status: 400 })],
  ["an answer nobody is there to read", scope(), new Response(null, { status: 499 })],
])("does not keep %s", async (_, own, response) => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  const { status } = response;
  expect((await calls.explain(own, response)).status).toBe(status);
  expect(calls.list()).toEqual([]);
});

it("remembers what changed while somebody watches, and nothing otherwise", async () => {
  const calls = createRecentCalls({ now: () => NOON, unit });
  calls.ended(event(), scope());
  expect(calls.takeChanged()).toEqual([]);
  let told = 0;
  calls.watch(() => {
    told += 1;
  });
  const own = scope();
  calls.ended(event({ outcome: "refused", code: "busy" }), own);
  expect(calls.takeChanged()).toEqual([1]);
  await calls.explain(own, errorAnswer("busy"));
  expect(calls.takeChanged()).toEqual([1]);
  expect(told).toBe(2);
  for (let index = 0; index < 300; index += 1) calls.ended(event(), scope());
  expect(calls.takeChanged()).toHaveLength(200);
  calls.watch(undefined);
  calls.ended(event(), scope());
  expect(calls.takeChanged()).toEqual([]);
});
