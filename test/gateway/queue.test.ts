import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox } from "@laplas/sandbox";
import OpenAI from "openai";
import { describe, expect, it, onTestFinished } from "vitest";
import { spawnLaplas } from "../spawn-laplas.ts";
import { ask, openGateway, post, readQuota } from "./open-gateway.ts";
import { until } from "./until.ts";

const evidence = { source: "the test", date: "2026-11-29", status: "assumed" } as const;
const SPAN_MS = 1_500;
const pace = { id: "pace", kind: "window", meter: "requests", limit: 3, evidence } as const;
const paced = {
  name: "paced",
  title: "paced",
  rules: [{ ...pace, period: { type: "rolling", spanMs: SPAN_MS }, marginMs: 0 }],
} as const;
const oneAtATime = { name: "single", title: "single", rules: [{ id: "one", kind: "concurrency", limit: 1, evidence }] };

describe("callers over a rate of 3 per 1.5 s", () => {
  it("wait within their patience, and all of 15 at once are answered", async () => {
    const sandbox = await createSandbox({ rules: { concurrency: null } });
    onTestFinished(() => sandbox.close());
    const { baseURL } = await openGateway({ engine: { baseURL: sandbox.baseURL, tier: paced } });
    const openai = new OpenAI({ apiKey: "any", baseURL, maxRetries: 0 });
    const call = () =>
      openai.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    const answers = await Promise.all(Array.from({ length: 15 }, call));
    expect(answers.map(({ usage }) => usage)).toMatchObject(Array(15).fill({ api_tokens: 16 }));
    expect(sandbox.counts()).toMatchObject({ received: 15, answered: 15, refused: 0 });
    const sent = sandbox.requests.map(({ at }) => new Date(at).getTime());
    for (const [index, at] of sent.slice(3).entries()) expect(at - (sent[index] ?? at)).toBeGreaterThanOrEqual(SPAN_MS);
  });

  it("are told when it passes, where that is beyond their patience", async () => {
    const sandbox = await createSandbox({ rules: { concurrency: null } });
    onTestFinished(() => sandbox.close());
    const { baseURL } = await openGateway({ engine: { baseURL: sandbox.baseURL, tier: paced, patienceMs: 0 } });
    const answers = await Promise.all(Array.from({ length: 4 }, () => post(baseURL, ask("Hello"))));
    const [denied, ...others] = answers.filter(({ status }) => status !== 200);
    expect(others).toEqual([]);
    expect(denied?.status).toBe(429);
    expect(denied?.headers.get("retry-after")).toMatch(/^[12]$/);
    expect(await denied?.json()).toMatchObject({ error: { code: "free_tier_rate_limited" } });
  });
});

it("laplas serve answers /health while 1,000 calls wait, has the next one come later, and then answers all", async () => {
  const sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
  onTestFinished(() => sandbox.close());
  const release = Promise.withResolvers<void>();
  sandbox.fault({ kind: "hold", until: release.promise });
  const folder = mkdtempSync(join(tmpdir(), "laplas-queue-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "laplas.json"), JSON.stringify({ tier: oneAtATime }));
  const environment = { LAPLAS_API_KEY: "queue", LAPLAS_BASE_URL: sandbox.baseURL };
  const args = ["serve", "--config", "laplas.json", "--port", "0", "--log", "off"];
  const run = spawnLaplas(args, { folder, environment });
  const [, baseURL = ""] = await run.until("stderr", /Base URL {2}(http:\/\/127\.0\.0\.1:\d+\/v1)\n/);
  const calls = Array.from({ length: 1_001 }, () => post(baseURL, ask("Hello", { max_tokens: 1 })));
  await until(
    "the queue",
    () => readQuota(baseURL),
    ({ running, waiting }) => running === 1 && waiting === 1_000,
  );
  const health = await fetch(new URL("/health", baseURL));
  expect([health.status, await health.json()]).toEqual([200, { status: "ok" }]);
  const next = await post(baseURL, ask("Hello", { max_tokens: 1 }));
  expect(next.status).toBe(429);
  expect(await next.json()).toMatchObject({
    error: { code: "free_tier_busy", message: expect.stringMatching(/1000 calls wait already.*"maxQueue"/) },
  });
  release.resolve();
  const statuses = new Set((await Promise.all(calls)).map(({ status }) => status));
  expect([...statuses]).toEqual([200]);
  expect(sandbox.counts()).toMatchObject({ received: 1_001, refused: 0 });
});
