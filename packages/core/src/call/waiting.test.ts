import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { ChatRequest } from "../request/wire-types.js";
import { ask, createTestEngine, rejection } from "../testing/engine.js";
import { windowRule } from "../testing/tier.js";
import type { Rule } from "../tier/tier.js";

/** Time passes when the test says so, for the engine and for its upstream. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance", "Date"] });
  vi.setSystemTime(new Date("2026-03-10T12:00:00.000Z"));
  onTestFinished(() => void vi.useRealTimers());
});

const { evidence } = windowRule();
const single: Rule = { id: "single", kind: "concurrency", limit: 1, evidence };

/** An upstream that takes its time, and an engine on it that counts the steps of its ledger. */
function setup(rules: readonly Rule[], answerMs: number) {
  let steps = 0;
  const store = createMemoryStore({ now: Date.now });
  const counted = new Proxy(store, {
    get(target, name: keyof LedgerStore) {
      const value = target[name];
      if (typeof value !== "function" || name === "heartbeat" || name === "close") return value;
      return (...args: never[]) => {
        steps += 1;
        return (value as (...args: never[]) => unknown)(...args);
      };
    },
  });
  const sent: { readonly at: number; readonly text: string; readonly limit: number | undefined }[] = [];
  const ended: number[] = [];
  const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(String(init?.body)) as { messages: { content: string }[]; max_tokens?: number };
    sent.push({ at: Date.now(), text: body.messages[0]?.content ?? "", limit: body.max_tokens });
    await new Promise((resolve) => setTimeout(resolve, answerMs));
    ended.push(Date.now());
    return Response.json({ choices: [{ message: { content: "Hi" } }], usage: { total_tokens: 16 } });
  };
  const { laplas } = createTestEngine("http://upstream.test/v1", {
    ledger: counted,
    fetch: fetch as typeof globalThis.fetch,
    now: Date.now,
    tier: { name: "own", title: "Own", rules },
  });
  return { laplas, sent, ended, steps: () => steps };
}

type Setup = ReturnType<typeof setup>;

/** Makes so many calls at once, and lets time pass until all are answered. @returns from the first request to the last answer */
async function answerAll(
  { laplas, sent, ended }: Setup,
  calls: number,
  stepMs: number,
  fields: Partial<ChatRequest> = {},
): Promise<number> {
  let answered = 0;
  const work = Promise.all(
    Array.from({ length: calls }, async (_, number) => {
      await laplas.chat(ask(`call ${number}`, fields));
      answered += 1;
    }),
  );
  let isOver = false;
  work.then(
    () => {
      isOver = true;
    },
    () => {
      isOver = true;
    },
  );
  while (!isOver) {
    await vi.advanceTimersByTimeAsync(stepMs);
    // Bodies are read in real time: without a turn of it the clock would run away from them.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await work;
  expect(answered).toBe(calls);
  return (ended.at(-1) ?? Number.NaN) - (sent[0]?.at ?? Number.NaN);
}

describe("many calls at once on one slot", () => {
  it("are all answered in their order, one after the other, with three steps of the ledger for each", async () => {
    const made = setup([single, windowRule({ limit: 1e9 })], 20);
    const { sent, steps } = made;
    const tookMs = await answerAll(made, 2_000, 20);
    expect(sent.map(({ text }) => text)).toEqual(Array.from({ length: 2_000 }, (_, number) => `call ${number}`));
    expect(tookMs).toBeLessThanOrEqual(1.2 * 2_000 * 20);
    // What calls have cost, and when the day begins, is looked up once for all; the day once a minute. What was learned of costs is
    // written down after the first calls and every 64th.
    expect(steps()).toBeLessThanOrEqual(3 * 2_000 + 5 + 3 + 7 + 2_000 / 64);
  });
});

describe("many calls at once on a window", () => {
  const rolling = (fields: Partial<typeof base> = {}) => ({ ...base, ...fields });
  const base = windowRule({
    id: "pace",
    meter: "requests",
    limit: 3,
    period: { type: "rolling", spanMs: 1_500 },
    marginMs: 0,
  });

  it("of 3 per 1.5 s all pass within 7.5 s, in their order and never more than 3 within a span", async () => {
    const made = setup([rolling()], 100);
    const { sent, ended } = made;
    expect(await answerAll(made, 15, 10)).toBeLessThanOrEqual(7_500);
    expect(sent.map(({ text }) => text)).toEqual(Array.from({ length: 15 }, (_, number) => `call ${number}`));
    for (const { at } of sent) {
      const within = ended.filter((end) => end <= at && end > at - 1_500).length;
      const running = sent.filter((other) => other.at <= at && other.at + 100 > at).length;
      expect(within + running).toBeLessThanOrEqual(3);
    }
  });

  it("pass one at a time as well, where a slot binds them too", async () => {
    const made = setup([single, rolling()], 100);
    const { sent } = made;
    expect(await answerAll(made, 15, 10)).toBeLessThanOrEqual(7_500);
    for (const [index, { at }] of sent.entries()) expect(at - (sent[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(100);
  });

  it("of a minute pass minute by minute, and of a bucket at its pace", async () => {
    const minute = setup([rolling({ period: { type: "minute" } })], 100);
    // An account's name is found in real time, for which the first minute may be too short.
    await minute.laplas.status();
    // The minute after the next begins within the patience of the last, counted from the end of the one before.
    expect(await answerAll(minute, 6, 100)).toBeLessThanOrEqual(61_000);
    expect(minute.sent.map(({ at }) => Math.floor((at % 3_600_000) / 60_000))).toEqual([0, 0, 0, 1, 1, 1]);
    const bucket = setup([rolling({ period: { type: "bucket", spanMs: 3_000 } })], 0);
    expect(await answerAll(bucket, 9, 10)).toBeLessThanOrEqual(8_000);
  });

  it("that takes what is asked for pass when all of it fits, and are not lowered to what is left", async () => {
    const asked = { meter: "tokens", hold: "asked", limit: 500, period: { type: "rolling", spanMs: 3_000 } } as const;
    const made = setup([windowRule({ id: "asked", marginMs: 0, leastAnswer: 100, ...asked })], 100);
    const { sent } = made;
    // Each asks for 400 tokens beside its prompt: two never fit together, though 100 would be the least answer.
    await answerAll(made, 3, 10, { max_tokens: 400 });
    expect(sent.map(({ limit }) => limit)).toEqual([400, 400, 400]);
    for (const [index, { at }] of sent.entries()) {
      expect(at - (sent[index - 1]?.at ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(3_100);
    }
  });

  it("that is full for longer than the patience is denied at once, by when it lets the call pass", async () => {
    const made = setup([rolling({ period: { type: "rolling", spanMs: 60_000 }, limit: 1 })], 0);
    const { laplas } = made;
    await answerAll(made, 1, 10);
    // The second passes in a minute, the third would in two.
    const second = laplas.chat(ask("second"));
    await vi.advanceTimersByTimeAsync(0);
    const third = await rejection(laplas.chat(ask("third")));
    expect(third).toMatchObject({ code: "hourly_quota", retryable: false, rule: "pace" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await second).laplas.waitedMs).toBeGreaterThanOrEqual(59_000);
  });
});
