import { afterEach, describe, expect, it, test, vi } from "vitest";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { LaplasOptions } from "../options.js";
import { ask, createPair, rejection, type TestEngine } from "../testing/engine.js";
import type { Sandbox } from "../testing/sandbox.js";
import { createLearnedReset } from "./learned-reset.js";

afterEach(() => void vi.useRealTimers());

const HOUR_MS = 3_600_000;
const SPENT = new Date("2026-03-10T22:00:00Z");

/** A server whose day begins at five, and an engine that assumes midnight. */
async function open(options: LaplasOptions = {}): Promise<TestEngine & { readonly sandbox: Sandbox }> {
  let sandbox: Sandbox | undefined;
  const pair = await createPair(
    { now: () => sandbox?.clock.now() ?? 0, ...options },
    { clock: { start: SPENT, frozen: true }, rules: { resetHourUtc: 5 } },
  );
  sandbox = pair.sandbox;
  return pair;
}

/** gpt-4 costs 1,764 API tokens for this: 29 of them are a day. */
async function spendDay(laplas: TestEngine["laplas"]): Promise<number> {
  for (let calls = 0; ; calls += 1) {
    const error = await laplas.chat(ask("Hello", { model: "gpt-4" })).then(
      () => undefined,
      (thrown: { code?: string }) => thrown,
    );
    if (error !== undefined) return calls;
  }
}

describe("a day that begins at another hour than assumed", () => {
  it("is found by one probe an hour, learned, and then begins at its own hour", async () => {
    const { laplas, sandbox, events } = await open();
    expect(await spendDay(laplas)).toBe(29);
    expect(sandbox.counts()).toMatchObject({ answered: 29, refused: 0 });

    // By our count the day is over; the server says no, and is asked once an hour from then on, however many calls there are.
    sandbox.clock.set(new Date("2026-03-11T00:00:30Z"));
    for (let quarters = 0; quarters < 20; quarters += 1) {
      await rejection(laplas.chat(ask("Hello")));
      sandbox.clock.advance(HOUR_MS / 4);
    }
    const { refused, probe } = sandbox.counts();
    expect(refused + probe).toBe(5);

    expect((await laplas.chat(ask("Hello"))).choices).toHaveLength(1);
    expect(events).toContainEqual(expect.objectContaining({ type: "reset-learned", resetHour: 5 }));
    const [window] = (await laplas.status()).windows;
    expect(window?.resetsAt.toISOString()).toBe("2026-03-12T05:00:02.000Z");

    // The next day is spent and begun without a single refusal.
    await spendDay(laplas);
    const before = sandbox.counts();
    sandbox.clock.set(new Date("2026-03-12T00:00:30Z"));
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
    sandbox.clock.set(new Date("2026-03-12T05:00:30Z"));
    await laplas.chat(ask("Hello"));
    expect(sandbox.counts()).toMatchObject({
      refused: before.refused,
      probe: before.probe,
      answered: before.answered + 1,
    });
  });

  it("is not learned from a gap of many hours, in which it may have begun at any of them", async () => {
    const { laplas, sandbox, events } = await open();
    await spendDay(laplas);
    sandbox.clock.set(new Date("2026-03-11T00:00:30Z"));
    await rejection(laplas.chat(ask("Hello")));
    sandbox.clock.set(new Date("2026-03-11T09:00:00Z"));
    await laplas.chat(ask("Hello"));
    expect(events.filter(({ type }) => type === "reset-learned")).toEqual([]);
  });

  it("leaves a day alone that is published", async () => {
    const tier = {
      name: "published",
      title: "published",
      extends: "free",
      rules: [
        {
          id: "daily_api_tokens",
          kind: "window",
          meter: "credits",
          limit: 50_000,
          period: { type: "day" },
          evidence: { source: "a test", date: "2026-01-01", status: "published" },
        },
      ],
    } as const;
    const { laplas, sandbox } = await open({ tier });
    await spendDay(laplas);
    sandbox.clock.set(new Date("2026-03-11T00:00:30Z"));
    const error = await rejection(laplas.chat(ask("Hello")));
    expect(error).toMatchObject({ code: "daily_quota", resetsAt: new Date("2026-03-12T00:00:02Z") });
  });
});

describe("the hour between a refused probe and one that passes", () => {
  const store = createMemoryStore({ now: () => 0 });
  let accounts = 0;

  /** Engines on one account. */
  function setup() {
    accounts += 1;
    const account = `account-${accounts}`;
    const engine = () => createLearnedReset(async () => ({ store, name: account }));
    return { ...engine(), engine };
  }
  const at = (time: string): number => Date.parse(`2026-03-11T${time}Z`);

  test.each<[string, string, number | undefined]>([
    ["04:59:59.999", "05:00:00.000", 5],
    ["04:10:00.000", "05:10:00.000", 5],
    ["23:30:00.000", "00:10:00.000", undefined],
    // Both within one hour: the day began in the middle of it, by a clock that is wrong.
    ["05:10:00.000", "05:50:00.000", undefined],
    ["05:00:00.000", "05:50:00.000", undefined],
    // Probes are an hour apart. In a longer gap the day may have begun at several hours.
    ["04:30:00.000", "06:00:00.000", 6],
    ["04:29:59.999", "06:00:00.000", undefined],
  ])("refused at %s and passed at %s: %s", async (refusedAt, passedAt, hour) => {
    const learned = setup();
    await learned.refused(at(refusedAt));
    expect(await learned.passed(at(passedAt))).toBe(hour);
    expect(await learned.hour()).toBe(hour);
  });

  it("is not known without a refusal", async () => {
    const learned = setup();
    expect(await learned.hour()).toBeUndefined();
    expect(await learned.passed(at("05:10:00.000"))).toBeUndefined();
  });

  it("may be midnight", async () => {
    const learned = setup();
    await learned.refused(at("00:00:00.000") - 1);
    expect(await learned.passed(at("00:00:00.000"))).toBe(0);
    expect(await learned.engine().hour()).toBe(0);
  });

  it("counts from the last refusal", async () => {
    const learned = setup();
    await learned.refused(at("01:30:00.000"));
    await learned.refused(at("04:30:00.000"));
    expect(await learned.passed(at("05:30:00.000"))).toBe(5);
  });

  it("is looked up once for a crowd that asks at the same time, and again where that failed", async () => {
    let reads = 0;
    let fails = true;
    const counted = {
      ...store,
      async learned() {
        reads += 1;
        if (fails) throw new Error("broken");
        return 5;
      },
    };
    const learned = createLearnedReset(async () => ({ store: counted, name: "account" }));
    await expect(learned.hour()).rejects.toThrow("broken");
    fails = false;
    expect(await Promise.all([learned.hour(), learned.hour(), learned.hour()])).toEqual([5, 5, 5]);
    expect(reads).toBe(2);
  });

  it("is shared with other engines, which look it up once a minute", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const learned = setup();
    const other = learned.engine();
    expect(await other.hour()).toBeUndefined();
    await learned.refused(at("04:30:00.000"));
    await learned.passed(at("05:30:00.000"));
    expect(await learned.hour()).toBe(5);
    vi.advanceTimersByTime(59_999);
    expect(await other.hour()).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(await other.hour()).toBe(5);
    expect(await learned.engine().hour()).toBe(5);
  });
});
