import { describe, expect, it } from "vitest";
import { createLaplas } from "../create-laplas.js";
import type { LaplasOptions } from "../options.js";
import { API_KEY, ask, createPair, createTestEngine, meeting, rejection } from "../testing/engine.js";
import { createGate } from "../testing/gate.js";
import { temporaryFile } from "../testing/ledger.js";

/** Programs that share an account and a clock. */
async function setup(options: LaplasOptions = {}) {
  let at = Date.parse("2026-03-10T12:00:00.000Z");
  const shared = { ledger: `sqlite:${temporaryFile()}`, now: () => at } as const;
  const pair = await createPair({ ...shared, maxRetries: 3, ...options });
  /** Another program on the same account gets a place once it is free, and not before. */
  const goesOn = async ({ afterMs }: { afterMs: number }): Promise<void> => {
    const next = createLaplas({ apiKey: API_KEY, baseURL: pair.sandbox.baseURL, ...shared });
    if (afterMs > 0) {
      at += afterMs - 1;
      expect((await next.status()).running).toBe(1);
      at += 1;
    }
    expect((await next.chat(ask("Hello"))).choices).toHaveLength(1);
    expect(await next.status()).toMatchObject({ running: 0, waiting: 0 });
    await next.close();
  };
  return { ...pair, goesOn };
}

describe("an engine that is closed while a request runs", () => {
  it("says so, tries nothing again, and leaves the place to nobody while the request may run", async () => {
    const { laplas, sandbox, events, goesOn } = await setup();
    const running = meeting(sandbox, { kind: "stall" });
    const broken = rejection(laplas.chat(ask("Hello")));
    await running;
    await laplas.close();
    const error = await broken;
    expect(error).toMatchObject({ code: "invalid_options", retryable: false });
    expect((error as Error).message).toMatch(/The engine was closed/);
    expect(events.filter(({ type }) => type === "retry")).toEqual([]);

    await sandbox.idle();
    await goesOn({ afterMs: 5_000 });
    expect(sandbox.counts()).toMatchObject({ received: 2, refused: 0, answered: 1 });
  });

  it("does the same with a stream", async () => {
    const { laplas, sandbox, events, goesOn } = await setup();
    sandbox.fault({ kind: "stall", afterChunks: 1 });
    const stream = laplas.chatStream(ask("Hello"))[Symbol.asyncIterator]();
    await stream.next();
    await laplas.close();
    const error = await rejection(stream.next().then(() => stream.next()));
    expect(error).toMatchObject({ code: "invalid_options", retryable: false });
    expect(events.filter(({ type }) => type === "retry")).toEqual([]);
    await sandbox.idle();
    await goesOn({ afterMs: 5_000 });
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("gives the places back of those that wait, which send nothing", async () => {
    const gate = createGate();
    const { laplas, sandbox, goesOn } = await setup({ fetch: gate.fetch });
    const calls = [1, 2, 3].map(() => rejection(laplas.chat(ask("Hello"))));
    await gate.reached;
    await expect.poll(async () => (await laplas.status()).waiting).toBe(2);
    await laplas.close();
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: "invalid_options" });
    expect(gate.count).toBe(1);
    await goesOn({ afterMs: 5_000 });
    expect(sandbox.counts().received).toBe(1);
  });

  it("takes no call afterwards", async () => {
    const { laplas } = createTestEngine("http://upstream.test/v1", { fetch: () => Promise.reject(new Error("sent")) });
    await laplas.close();
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "invalid_options" });
  });
});
