import { afterEach, describe, expect, it, onTestFinished, test, vi } from "vitest";
import type { Laplas } from "../engine.js";
import type { LaplasOptions } from "../options.js";
import { ask, createTestEngine, rejection } from "../testing/engine.js";
import { createSandbox } from "../testing/sandbox.js";
import { errorBody, serve } from "../testing/server.js";

const PAGE = "<html><head><title>Bad gateway</title></head><body>The origin did not answer.</body></html>";
const NOON = Date.parse("2026-03-10T12:00:00.000Z");

afterEach(() => void vi.useRealTimers());

/**
 * A proxy in front of a sandbox. It gives the first requests up with a page, at once where they are let in, while the sandbox works
 * on until it is told to end.
 */
async function behindProxy(answer: { status: number; body: string }, patience: { givesUp: number }) {
  const sandbox = await createSandbox({ clock: { start: NOON, frozen: true } });
  onTestFinished(() => sandbox.close());
  let received = 0;
  const works: (() => void)[] = [];
  const url = await serve(async (request, response, body) => {
    received += 1;
    const isGivenUp = received <= patience.givesUp;
    if (isGivenUp) {
      const work = Promise.withResolvers<void>();
      works.push(work.resolve);
      sandbox.fault({ kind: "hold", until: work.promise });
    }
    const headers = { authorization: request.headers.authorization ?? "" };
    const passedOn = fetch(sandbox.url + request.url, { method: "POST", headers, body });
    if (isGivenUp) {
      passedOn.then((held) => held.text()).catch(() => {});
      await sandbox.received(received);
      response.writeHead(answer.status, { "content-type": "text/html" }).end(answer.body);
      return;
    }
    const upstream = await passedOn;
    response.writeHead(upstream.status, { "content-type": upstream.headers.get("content-type") ?? "" });
    response.end(await upstream.text());
  });
  return { sandbox, url, endWork: () => works.shift()?.() };
}

/** An engine behind such a proxy, whose time is the test's. */
async function setup(status: number, body: string, givesUp: number, options: LaplasOptions = {}) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { sandbox, url, endWork } = await behindProxy({ status, body }, { givesUp });
  const pauses: ((ms: number) => void)[] = [];
  const all = { maxRetries: 2, now: () => sandbox.clock.now(), ...options };
  const engine = createTestEngine(url, all);
  engine.laplas.onEvent((event) => void (event.type === "retry" && pauses.shift()?.(event.waitMs)));
  /** Resolves when a call begins to pause before another attempt. */
  const pause = () => new Promise<number>((resolve) => pauses.push(resolve));
  /** Lets time pass, for the account and for those that wait. */
  const pass = async (ms: number): Promise<void> => {
    sandbox.clock.advance(ms);
    await vi.advanceTimersByTimeAsync(ms);
  };
  return { ...engine, sandbox, url, options: all, endWork, pause, pass };
}

const whole = (laplas: Laplas) => laplas.chat(ask("Hello"));
async function streamed(laplas: Laplas): Promise<void> {
  for await (const _ of laplas.chatStream(ask("Hello")));
}

describe("a request that something in front gives up while the upstream works on", () => {
  test.each([
    [502, PAGE, whole],
    [502, PAGE, streamed],
    [503, PAGE, whole],
    [504, PAGE, whole],
    [524, PAGE, streamed],
    [500, PAGE, whole],
    [408, PAGE, whole],
    [504, "", whole],
    [504, '{"message":"Endpoint request timed out"}', whole],
  ])("(status %i, %j) is charged, and never overlaps with another attempt", async (status, body, call) => {
    const { laplas, sandbox, pause, pass, endWork } = await setup(status, body, 1);
    const paused = pause();
    const answered = call(laplas);
    const waitMs = await paused;
    expect(waitMs).toBeGreaterThanOrEqual(5_000);
    expect(await laplas.status()).toMatchObject({ running: 1, windows: [{ held: 0 }] });
    const used = (await laplas.status()).windows[0]?.used ?? 0;
    expect(used).toBeGreaterThan(0);

    await pass(4_999);
    expect(sandbox.running()).toBe(1);
    expect(sandbox.counts().received).toBe(1);
    endWork();
    await sandbox.idle();
    await pass(waitMs - 4_999);
    await answered;
    expect(sandbox.counts()).toEqual({ received: 2, answered: 1, refused: 0, probe: 0, faulted: 1 });
    expect((await laplas.status()).windows[0]?.used).toBe(used + 16);
  });

  test.each([
    [502, { code: "unavailable", retryAfterMs: 5_000 }],
    [200, { code: "unexpected_response" }],
  ])("(status %i) holds up the other engines of the account as well", async (status, expected) => {
    const { laplas, sandbox, url, options, pass, endWork } = await setup(status, PAGE, 1, { maxRetries: 0 });
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject(expected);
    const other = createTestEngine(url, options);
    const next = other.laplas.chat(ask("Hello"));
    await pass(4_999);
    expect(sandbox.counts().received).toBe(1);
    endWork();
    await sandbox.idle();
    await pass(250);
    expect((await next).laplas).toMatchObject({ attempts: 1, apiTokens: 16, estimated: false });
    expect(sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it("costs a call an estimate for each attempt, and its report says so", async () => {
    const { laplas, sandbox, events, pause, pass, endWork } = await setup(524, PAGE, 3);
    let paused = pause();
    const failed = rejection(laplas.chat(ask("Hello")));
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const waitMs = await paused;
      paused = pause();
      endWork();
      await sandbox.idle();
      await pass(waitMs);
      await sandbox.received(attempt + 1);
    }
    expect(await failed).toMatchObject({ code: "unavailable", httpStatus: 524 });
    endWork();
    await sandbox.idle();
    expect(sandbox.counts()).toMatchObject({ received: 3, refused: 0, faulted: 3 });
    const [window] = (await laplas.status()).windows;
    const [call] = events.filter((event) => event.type === "call");
    expect(call).toMatchObject({ outcome: "failed", estimated: true, apiTokens: window?.used });
    // What it costs upstream is charged there three times, too.
    expect(window?.used).toBeGreaterThanOrEqual(sandbox.used());
  });
});

it("an error in the provider's own words is free, and tried again after the usual pause", async () => {
  const { laplas, sandbox, pause, pass, endWork } = await setup(503, errorBody(503, "Service unavailable"), 1);
  const paused = pause();
  const answered = laplas.chat(ask("Hello"));
  const waitMs = await paused;
  expect(waitMs).toBeLessThanOrEqual(500);
  expect(await laplas.status()).toMatchObject({ running: 0, windows: [{ used: 0 }] });
  // By its own word nothing runs.
  endWork();
  await sandbox.idle();
  await pass(waitMs);
  expect((await answered).laplas).toMatchObject({ attempts: 2, apiTokens: 16, estimated: false });
});
