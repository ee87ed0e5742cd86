import { afterEach, describe, expect, it, test, vi } from "vitest";
import type { LaplasOptions } from "../options.js";
import { createTestEngine, ask, rejection } from "../testing/engine.js";
import { createSandbox } from "../testing/sandbox.js";
import { serve } from "../testing/server.js";

const PAGE = "<html><head><title>Bad gateway</title></head><body>The origin did not answer.</body></html>";
const NOON = Date.parse("2026-03-10T12:00:00.000Z");

afterEach(() => void vi.useRealTimers());

/**
 * A proxy in front of a sandbox. It gives the first requests up with a page, at once where they are let in, while the sandbox works
 * on until it is told to end.
 */
async function behindProxy(answer: { status: number; body: string }, patience: { givesUp: number }) {
  const sandbox = await createSandbox({ clock: { start: NOON, frozen: true } });
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
  const engine = createTestEngine(url, { maxRetries: 2, now: () => sandbox.clock.now(), ...options });
  engine.laplas.onEvent((event) => void (event.type === "retry" && pauses.shift()?.(event.waitMs)));
  /** Resolves when a call begins to pause before another attempt. */
  const pause = () => new Promise<number>((resolve) => pauses.push(resolve));
  /** Lets time pass, for the account and for those that wait. */
  const pass = async (ms: number): Promise<void> => {
    sandbox.clock.advance(ms);
    await vi.advanceTimersByTimeAsync(ms);
  };
  return { ...engine, sandbox, endWork, pause, pass };
}
