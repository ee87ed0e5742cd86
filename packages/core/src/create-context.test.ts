import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { LaplasEvent } from "./events.js";
import type { LedgerStore } from "./ledger/ledger-store.js";
import { createMemoryStore } from "./ledger/memory/memory-store.js";
import { createTestContext, NOON, start } from "./testing/call.js";
import { ask, createPair, rejection } from "./testing/engine.js";
import { temporaryFile } from "./testing/ledger.js";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const event: LaplasEvent = { type: "probe", at: new Date(NOON), model: "m" };

describe("events", () => {
  it("reach all listeners, also after one that throws", async () => {
    const { context, events } = createTestContext();
    const heard: LaplasEvent[] = [];
    context.listeners.clear();
    context.listeners.add(() => {
      throw new Error("a listener");
    });
    context.listeners.add((told) => heard.push(told));
    context.emit(event);
    expect([heard, events]).toEqual([[event], []]);
  });

  it("tell a listener for as long as it listens", async () => {
    const { laplas, events } = await createPair();
    const heard: string[] = [];
    const stop = laplas.onEvent(({ type }) => {
      heard.push(type);
      throw new Error("a listener");
    });
    await laplas.chat(ask("Hello"));
    stop();
    await laplas.chat(ask("Hello"));
    expect(heard).toEqual(["request", "call"]);
    expect(events.map(({ type }) => type)).toEqual(["request", "call", "request", "call"]);
  });
});

describe("a warning", () => {
  it("is told to listeners each time, and printed once, however many engines there are", () => {
    const print = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const [one, other] = [createTestContext(), createTestContext()];
    const message = `a warning of ${import.meta.url}`;
    one.context.warn(message);
    one.context.warn(message);
    other.context.warn(message);
    const told = { type: "warning", at: new Date(NOON), message };
    expect([one.events, other.events]).toEqual([[told, told], [told]]);
    expect(print.mock.calls).toEqual([[message, { type: "LaplasWarning" }]]);
  });
});

describe("the ledger", () => {
  it("is opened once, with the first call that asks for it", async () => {
    const { context } = createTestContext();
    const [one, other] = await Promise.all([context.account.open(), context.account.open()]);
    expect(one.store).toBe(other.store);
    expect(one.store.name).toBe("memory");
  });

  it("that can't be opened is tried again with the next call", async () => {
    const path = temporaryFile();
    const newer = new DatabaseSync(path);
    newer.exec("CREATE TABLE calls (id TEXT); PRAGMA user_version = 999");
    newer.close();
    const { context } = createTestContext({ ledger: `sqlite:${path}` });
    expect(await rejection(context.account.open())).toMatchObject({ code: "ledger" });
    rmSync(path);
    expect((await context.account.open()).store.name).toBe("sqlite");
  });

  it("that can't be opened fails each call anew, and nothing is sent", async () => {
    const { laplas, sandbox } = await createPair({ ledger: "sqlite:/proc/laplas/ledger.sqlite" });
    for (let call = 0; call < 2; call += 1) {
      expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "ledger", retryable: false });
    }
    expect(sandbox.counts().received).toBe(0);
  });
});

describe("closing", () => {
  /** A store that counts its ends. */
  function countingStore() {
    let closes = 0;
    const close = async (): Promise<void> => {
      closes += 1;
    };
    const store: LedgerStore = { ...createMemoryStore({ now: () => NOON }), close };
    return { store, closes: () => closes };
  }

  it("leaves a store that was handed in to its owner", async () => {
    const { store, closes } = countingStore();
    const { context } = createTestContext({ ledger: store });
    await context.account.open();
    await context.close();
    expect(closes()).toBe(0);
  });

  it("ends the wait of those in the queue at once", async () => {
    // A queue that is not woken looks again by a timer.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { context } = createTestContext();
    const { reservation } = await start(context, ask("Hello"));
    const waiting = rejection(start(context, ask("Hello")));
    await new Promise((resolve) => setImmediate(resolve));
    expect(vi.getTimerCount()).toBe(1);
    const closing = context.close();
    expect(context.closed.aborted).toBe(true);
    expect(await waiting).toMatchObject({ code: "invalid_options" });
    await reservation.cancel();
    await closing;
  });

  it("waits for places that end, and two seconds for those that don't", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { context } = createTestContext();
    const { reservation } = await start(context, ask("Hello"));
    let isClosed = false;
    const closing = context.close().then(() => {
      isClosed = true;
    });
    await vi.advanceTimersByTimeAsync(1_999);
    expect(isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect(isClosed).toBe(true);
    await reservation.cancel();
  });

  it("is over at once where nothing runs, and may be done twice", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { context } = createTestContext({ ledger: `sqlite:${temporaryFile()}` });
    await context.account.open();
    await context.close();
    await context.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
