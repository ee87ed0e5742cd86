import { describe, expect, it } from "vitest";
import { createLaplas } from "../create-laplas.js";
import { LedgerError } from "../errors/setup-errors.js";
import { createMemoryStore } from "../ledger/memory-store.js";
import { API_KEY, ask, createPair, createTestEngine, rejection } from "../testing/engine.js";
import { temporaryFile } from "../testing/ledger.js";

/** Another program on the same account, which gets a place as soon as one is free. */
async function goesOn(ledger: `sqlite:${string}`, baseURL: string): Promise<void> {
  const next = createLaplas({ apiKey: API_KEY, baseURL, ledger });
  expect((await next.chat(ask("Hello"))).choices).toHaveLength(1);
  expect(await next.status()).toMatchObject({ running: 0, waiting: 0 });
  await next.close();
}

describe("an engine that is closed while a request runs", () => {
  it("says so, tries nothing again, and leaves the place to nobody while the request may run", async () => {
    const ledger = `sqlite:${temporaryFile()}` as const;
    const { laplas, sandbox, events } = await createPair({ ledger, maxRetries: 3 });
    sandbox.fault({ kind: "slow", firstByteMs: 1_000 });
    const broken = rejection(laplas.chat(ask("Hello")));
    await expect.poll(sandbox.running).toBe(1);
    await laplas.close();
    const error = await broken;
    expect(error).toMatchObject({ code: "invalid_options", retryable: false });
    expect((error as Error).message).toMatch(/The engine was closed/);
    expect(events.filter(({ type }) => type === "retry")).toEqual([]);

    await goesOn(ledger, sandbox.baseURL);
    expect(sandbox.counts()).toMatchObject({ received: 2, refused: 0, answered: 1 });
  });

  it("does the same with a stream", async () => {
    const ledger = `sqlite:${temporaryFile()}` as const;
    const { laplas, sandbox, events } = await createPair({ ledger, maxRetries: 3 });
    sandbox.fault({ kind: "stall", afterChunks: 1 });
    const stream = laplas.chatStream(ask("Hello"))[Symbol.asyncIterator]();
    await stream.next();
    await laplas.close();
    const error = await rejection(stream.next().then(() => stream.next()));
    expect(error).toMatchObject({ code: "invalid_options", retryable: false });
    expect(events.filter(({ type }) => type === "retry")).toEqual([]);
    await goesOn(ledger, sandbox.baseURL);
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("gives the places back of those that wait, which send nothing", async () => {
    const ledger = `sqlite:${temporaryFile()}` as const;
    const { laplas, sandbox } = await createPair({ ledger });
    sandbox.fault({ kind: "slow", firstByteMs: 500 });
    const calls = [1, 2, 3].map(() => rejection(laplas.chat(ask("Hello"))));
    await expect.poll(async () => (await laplas.status()).waiting).toBe(2);
    await expect.poll(sandbox.running).toBe(1);
    await laplas.close();
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: "invalid_options" });
    expect(sandbox.counts().received).toBe(1);
    await goesOn(ledger, sandbox.baseURL);
  });

  it("ends a pause before another attempt, and takes no call afterwards", async () => {
    const requests: number[] = [];
    const { laplas, events } = createTestEngine("http://upstream.test/v1", {
      maxRetries: 3,
      fetch: async () => {
        requests.push(503);
        return new Response("{}", { status: 503, headers: { "retry-after": "30" } });
      },
    });
    const broken = rejection(laplas.chat(ask("Hello")));
    await expect.poll(() => events.some(({ type }) => type === "retry")).toBe(true);
    await laplas.close();
    expect(await broken).toMatchObject({ code: "invalid_options" });
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "invalid_options" });
    expect(requests).toHaveLength(1);
  });
});

describe("a store that fails once between a call's place and its end", () => {
  it("keeps no place: the upstream's word of a spent day is told all the same", async () => {
    const inner = createMemoryStore({ now: Date.now });
    let isFailing = false;
    const view: typeof inner.view = async (query) => {
      if (isFailing) throw new LedgerError("no space left on device");
      return inner.view(query);
    };
    const { laplas } = createTestEngine("http://upstream.test/v1", {
      ledger: { ...inner, view },
      fetch: async () => {
        isFailing = true;
        return new Response("You've run out of credits.", { status: 403 });
      },
    });
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
    isFailing = false;
    expect((await laplas.status()).running).toBe(0);
  });
});
