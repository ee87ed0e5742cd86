import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it, test } from "vitest";
import { type Closing, createClosing } from "../closing.js";
import type { UsageEndpoint } from "../provider/signals.js";
import { laplas } from "../providers/laplas/laplas.js";
import { API_KEY } from "../testing/engine.js";
import { serve } from "../testing/server.js";
import type { WindowHint } from "./learn.js";
import { createUsageReader, readUsageAnswer } from "./usage-reader.js";

const ENDPOINT: UsageEndpoint = {
  path: "/key",
  windows: [{ meter: "requests", period: "day", scope: "account", remaining: "data.day.left", limit: "data.day.of" }],
};
const FORTY = { data: { day: { left: 10, of: 50 } } };
const HINT = { meter: "requests", period: "day", scope: "account", remaining: 10, limit: 50 };

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
const saying =
  (body: unknown): Answer =>
  (response) =>
    void response.end(JSON.stringify(body));

async function setUp(answer: Answer, more: { fetch?: typeof fetch; closing?: Closing; waitMs?: number } = {}) {
  const requests: IncomingMessage[] = [];
  const warnings: string[] = [];
  const learned: WindowHint[] = [];
  const clock = { now: Date.parse("2026-03-10T12:00:00.000Z") };
  const baseURL = await serve((request, response) => {
    requests.push(request);
    answer(response, request);
  });
  const provider = {
    ...laplas,
    title: "Acme",
    headers: { "x-own": "yes" },
    signals: { ...laplas.signals, usageEndpoint: ENDPOINT },
  };
  const reader = createUsageReader({
    options: { provider, baseURL, apiKey: API_KEY, fetch: more.fetch, now: () => clock.now },
    closed: (more.closing ?? createClosing()).signal,
    learn: async (hints) => void learned.push(...hints),
    warn: (message) => void warnings.push(message),
    waitMs: more.waitMs,
  });
  if (reader === undefined) throw new Error("there is no reader");
  return { reader, requests, warnings, learned, clock };
}

it("is not there for a provider that can't be asked", () => {
  const options = { provider: laplas, baseURL: "http://127.0.0.1:9/v1", apiKey: "", fetch: undefined, now: Date.now };
  expect(
    createUsageReader({ options, closed: createClosing().signal, learn: async () => {}, warn: () => {} }),
  ).toBeUndefined();
});

describe("at the start", () => {
  it("the provider is asked once, with the key, and all callers wait until its answer was learned", async () => {
    const { reader, requests, learned } = await setUp(saying(FORTY));
    await Promise.all([reader.atStart(), reader.atStart().then(() => expect(learned).toEqual([HINT]))]);
    await reader.atStart();
    expect(learned).toEqual([HINT]);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      method: "GET",
      url: "/v1/key",
      headers: { authorization: `Bearer ${API_KEY}`, "x-own": "yes" },
    });
  });

  it.each<[what: string, answer: Answer, why: string]>([
    ["a failure", (response) => void response.writeHead(500).end(), "the server answered 500"],
    ["no JSON", (response) => void response.end("<html>"), "the answer is not valid JSON"],
    ["a broken answer", (response) => void response.destroy(), "UND_ERR_SOCKET"],
  ])("%s says nothing, with one warning, and is not asked again", async (_, answer, why) => {
    const { reader, requests, warnings, learned } = await setUp(answer);
    await reader.atStart();
    await reader.atStart();
    expect(learned).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(warnings).toEqual([`Acme: what is left could not be asked for (${why}).`]);
  });

  it("a server that does not answer is given up, also by a fetch that heeds no signal", async () => {
    const silent = await setUp(() => {}, { waitMs: 50 });
    const heedless = await setUp(() => {}, { fetch: () => new Promise(() => {}), waitMs: 50 });
    await Promise.all([silent.reader.atStart(), heedless.reader.atStart()]);
    for (const { warnings } of [silent, heedless])
      expect(warnings).toEqual(["Acme: what is left could not be asked for (no answer within 0.05 s)."]);
  });

  it("it is given up with its engine, which warns of nothing", async () => {
    const closing = createClosing();
    const left = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const { reader, warnings } = await setUp(
      (response) => {
        response.once("close", left.resolve);
        asked.resolve();
      },
      { closing },
    );
    const started = reader.atStart();
    await asked.promise;
    closing.close();
    await started;
    await left.promise;
    expect(warnings).toEqual([]);
  });
});

describe("after a surprise", () => {
  it("the provider is asked again, but not within a minute", async () => {
    const { reader, requests, learned, clock } = await setUp(saying(FORTY));
    await reader.atStart();
    clock.now += 59_999;
    await reader.afterSurprise();
    expect(requests).toHaveLength(1);
    clock.now += 1;
    await reader.afterSurprise();
    await reader.afterSurprise();
    expect(requests).toHaveLength(2);
    expect(learned).toEqual([HINT, HINT]);
    // Set back, a clock keeps nobody from asking.
    clock.now -= 3_600_000;
    await reader.afterSurprise();
    expect(requests).toHaveLength(3);
  });
});

it("sends the key after no redirect", async () => {
  const stolen: IncomingMessage[] = [];
  const elsewhere = await serve((request, response) => {
    stolen.push(request);
    response.end(JSON.stringify(FORTY));
  });
  const { reader, warnings, learned } = await setUp((response) => {
    response.writeHead(307, { location: `${elsewhere}/key` }).end();
  });
  await reader.atStart();
  expect(learned).toEqual([]);
  expect(stolen).toEqual([]);
  expect(warnings.join()).toContain("(the server answered 307)");
  expect(warnings.join()).not.toContain(API_KEY);
});

test.each<[body: unknown, left: number | undefined]>([
  [{ data: { day: { left: 0 } } }, 0],
  [{ data: { day: { left: -3, of: 50 } } }, -3],
  [{ data: { day: { left: "10" } } }, undefined],
  [{ data: { day: { left: null } } }, undefined],
  [{ data: { day: [] } }, undefined],
  [{ data: {} }, undefined],
  [null, undefined],
  [[], undefined],
])("%j says that %s is left", (body, left) => {
  expect(readUsageAnswer(body, ENDPOINT).map(({ remaining }) => remaining)).toEqual(left === undefined ? [] : [left]);
});
