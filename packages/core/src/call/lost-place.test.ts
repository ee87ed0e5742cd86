import { afterEach, describe, expect, test, vi } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { ask, createPair, meeting, rejection } from "../testing/engine.js";

const HEARTBEAT_MS = 5_000;

afterEach(() => void vi.useRealTimers());

describe("a slot that the ledger gave to others", () => {
  test.each(["whole", "streamed"])("ends a %s call at once, and its request with it", async (kind) => {
    // Only the heartbeat's clock is the test's: sockets need the real one.
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    const heartbeat: LedgerStore["heartbeat"] = async (_, leases) => [...leases];
    const store = { ...createMemoryStore({ now: Date.now }), shared: true, heartbeat };
    const { laplas, sandbox } = await createPair({ ledger: store });
    const running = meeting(sandbox, { kind: "stall", afterChunks: 1 });
    const call = async (): Promise<void> => {
      if (kind === "whole") return void (await laplas.chat(ask("Hello")));
      for await (const _ of laplas.chatStream(ask("Hello")));
    };
    const failed = rejection(call());
    await running;
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    const error = await failed;
    expect(LedgerError.isInstance(error)).toBe(true);
    expect((error as Error).message).toMatch(/has lost its slot in the ledger, since no sign of it came in time/);
    await sandbox.idle();
    expect(sandbox.requests).toMatchObject([{ aborted: true }]);
  });
});
