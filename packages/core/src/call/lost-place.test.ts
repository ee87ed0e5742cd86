import { afterEach, describe, expect, it, test, vi } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory-store.js";
import { ask, createPair, rejection } from "../testing/engine.js";

const HEARTBEAT_MS = 5_000;

afterEach(() => void vi.useRealTimers());

/** A store that others share, whose heartbeats go as a test says. */
function sharedStore(heartbeat: LedgerStore["heartbeat"]): LedgerStore {
  return { ...createMemoryStore({ now: Date.now }), shared: true, heartbeat };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Only the heartbeat's clock is the test's: sockets need the real one. */
function holdClock(): void {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
}

describe("a place that the ledger gave to others", () => {
  test.each(["whole", "streamed"])("ends a %s call at once, and its request with it", async (kind) => {
    holdClock();
    const store = sharedStore(async () => false);
    const { laplas, sandbox } = await createPair({ ledger: store });
    sandbox.fault({ kind: "stall", afterChunks: 1 });
    const call = async (): Promise<void> => {
      if (kind === "whole") return void (await laplas.chat(ask("Hello")));
      for await (const _ of laplas.chatStream(ask("Hello")));
    };
    const failed = rejection(call());
    await until(() => sandbox.running() === 1);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    const error = await failed;
    expect(LedgerError.isInstance(error)).toBe(true);
    expect((error as Error).message).toMatch(/has lost its place in the ledger, since no sign of it came in time/);
    await sandbox.idle();
    expect(sandbox.requests).toMatchObject([{ aborted: true }]);
  });

  it("is assumed lost by its holder before others may take it, when the ledger can't be reached", async () => {
    holdClock();
    let beats = 0;
    const store = sharedStore(async () => {
      beats += 1;
      throw new LedgerError("the server is away");
    });
    const { laplas, sandbox } = await createPair({ ledger: store });
    sandbox.fault({ kind: "stall", afterChunks: 1 });
    let error: unknown;
    const failed = rejection(laplas.chat(ask("Hello"))).then((thrown) => {
      error = thrown;
    });
    await until(() => sandbox.running() === 1);
    // For less than the 30 seconds of its lease.
    for (let seconds = 5; seconds < 30 && error === undefined; seconds += 5)
      await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    await failed;
    expect(error).toMatchObject({ code: "ledger", message: expect.stringMatching(/can't be reached.*server is away/) });
    expect(beats).toBe(5);
  });

  it("is kept over beats that fail, when one is heard in time", async () => {
    holdClock();
    let beats = 0;
    const store = sharedStore(async () => {
      beats += 1;
      if (beats % 3 !== 0) throw new LedgerError("the server is away");
      return true;
    });
    const { laplas, sandbox } = await createPair({ ledger: store });
    sandbox.fault({ kind: "slow", firstByteMs: 300 });
    const answer = laplas.chat(ask("Hello"));
    await until(() => sandbox.running() === 1);
    for (let beat = 0; beat < 12; beat += 1) await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect((await answer).choices).toHaveLength(1);
    expect(beats).toBe(12);
  });
});
