import type { ServerResponse } from "node:http";
import { afterEach, beforeAll, describe, expect, it, test, vi } from "vitest";
import { createLaplas } from "../create-laplas.js";
import type { LaplasOptions } from "../options.js";
import { ask, createPair, createTestEngine, rejection } from "../testing/engine.js";
import { createSandbox } from "../testing/sandbox.js";
import { chunk, eventStream, serve } from "../testing/server.js";

/** What sends the requests: the built-in client, and the platform's. */
const CLIENTS: readonly (readonly [name: string, options: LaplasOptions])[] = [
  ["undici", {}],
  ["fetch", { fetch: globalThis.fetch }],
];
afterEach(() => void vi.useRealTimers());

const LONG = "Write 2000 words about herons.";

describe.each(CLIENTS)("over %s, an upstream", (_, client) => {
  // A client that is still being loaded has no connection: such a request was not sent.
  beforeAll(async () => {
    const sandbox = await createSandbox();
    const laplas = createLaplas({ ...client, apiKey: "any", baseURL: sandbox.baseURL, ledger: "memory" });
    await laplas.chat(ask("Hello"));
    await laplas.close();
    await sandbox.close();
  });

  test.each(["streamed", "whole"])("that says nothing ends a %s call after `timeoutMs`", async (kind) => {
    const left = Promise.withResolvers<void>();
    const url = await serve((_request, response) => void response.once("close", left.resolve));
    const { laplas } = createTestEngine(url, { ...client, timeoutMs: 300 });
    const call = kind === "whole" ? laplas.chat(ask("Hello")) : readAll(laplas.chatStream(ask("Hello")));
    expect(await rejection(call)).toMatchObject({
      code: "timeout",
      message: expect.stringMatching(/^127\.0\.0\.1:\d+: no answer for 300 ms\.$/),
    });
    await left.promise;
    expect((await laplas.status()).running).toBe(1);
  });

  test.each(["streamed", "whole"])("that drips what is no content ends a %s call after `timeoutMs`", async (kind) => {
    const { laplas, sandbox } = await createPair({ ...client, timeoutMs: 300 });
    sandbox.fault({ kind: "drip", everyMs: 10 });
    const call = kind === "whole" ? laplas.chat(ask("Hello")) : readAll(laplas.chatStream(ask("Hello")));
    expect(await rejection(call)).toMatchObject({ code: "timeout", retryAfterMs: 5_000 });
    await sandbox.idle();
    expect(sandbox.requests).toMatchObject([{ reason: "drip", aborted: true }]);
    const { running, windows } = await laplas.status();
    expect([running, windows[0]?.held]).toEqual([1, 0]);
    expect(windows[0]?.used).toBeGreaterThan(0);
  });

  test.each(["streamed", "whole"])("that never ends ends a %s call at its deadline", async (kind) => {
    // Never silent, and never at an end.
    const url = await serve((_request, response) => {
      response.writeHead(200);
      const say = kind === "whole" ? '{"a":1,' : eventStream({ choices: [{ index: 0, delta: {} }] });
      const timer = setInterval(() => response.write(say), 5);
      response.once("close", () => clearInterval(timer));
    });
    // Where a slot that lingers holds up nobody.
    const { laplas } = createTestEngine(url, { ...client, tier: "paid", deadlineMs: 200 });
    for (const options of [{}, { deadlineMs: 100 }]) {
      const whole = () => laplas.embed({ model: "text-embedding-3-small", input: "a" }, options);
      const call = kind === "whole" ? whole() : readAll(laplas.chatStream(ask("Hello"), options));
      const error = (await rejection(call)) as Error;
      expect(error).toMatchObject({ code: "timeout", retryable: true });
      expect(error.message).toContain(`its deadline of ${options.deadlineMs ?? 200} ms (option "deadlineMs")`);
    }
  });

  it("that forgets the limit of a stream is left at four times as much", async () => {
    const { laplas, sandbox } = await createPair(client);
    sandbox.fault({ kind: "endless" });
    const stream = laplas.chatStream(ask(LONG));
    const reasons: (string | null | undefined)[] = [];
    for await (const { choices } of stream) reasons.push(choices[0]?.finish_reason);
    expect(reasons.filter(Boolean)).toEqual(["length"]);
    expect(reasons.length).toBeGreaterThan(2_048);
    expect(reasons.length).toBeLessThan(8_192);
    expect(await stream.report).toMatchObject({ truncatedByTier: true, estimated: true });
    await sandbox.idle();
    expect(sandbox.requests).toMatchObject([{ reason: "endless", aborted: true }]);
    expect((await laplas.status()).running).toBe(1);
  });

  it("that keeps the connection after [DONE] does not keep its caller, nor its slot", async () => {
    const left = Promise.withResolvers<void>();
    const url = await serve((_request, response: ServerResponse) => {
      response.once("close", left.resolve);
      response.write(eventStream(chunk("Hello", "stop"), { choices: [], usage: { total_tokens: 16 } }, "[DONE]"));
    });
    const { laplas } = createTestEngine(url, client);
    const stream = laplas.chatStream(ask("Hello"));
    await readAll(stream);
    expect(await stream.report).toMatchObject({ apiTokens: 16, estimated: false });
    await left.promise;
    expect((await laplas.status()).running).toBe(0);
  });
});

it("a deadline does not count the wait for a turn, nor the other requests of a call", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const requests: ((response: Response) => void)[] = [];
  const { laplas } = createTestEngine("http://upstream.test/v1", {
    fetch: () => new Promise((resolve) => requests.push(resolve)),
    deadlineMs: 1_000,
  });
  const calls = [1, 2].map(() => laplas.image({ model: "flux/schnell", prompt: "A boat", n: 2 }));
  for (let sent = 0; sent < 4; sent += 1) {
    while (requests.length === sent) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(999);
    requests[sent]?.(Response.json({ images: [{ url: "http://pictures.test/1.png" }] }));
  }
  for (const { data } of await Promise.all(calls)) expect(data).toHaveLength(2);
});

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
