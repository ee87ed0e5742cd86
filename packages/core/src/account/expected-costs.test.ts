import { describe, expect, it } from "vitest";
import type { CostSize } from "../cost/estimate-cost.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { COST_BUCKET } from "./bucket-name.js";
import { createExpectedCosts } from "./expected-costs.js";

/** A ledger whose newest calls have cost this, newest first. */
function setup(costs: readonly number[]) {
  let reads = 0;
  const store = {
    ...createMemoryStore({ now: () => 0 }),
    recentCosts: async (account: string, model: string, bucket: string, limit: number) => {
      reads += 1;
      return account === "account" && model === "known" && bucket === COST_BUCKET ? costs.slice(0, limit) : [];
    },
  };
  const expected = createExpectedCosts(async () => ({ store, name: "account" }));
  return {
    of: (model = "known") => expected.of(model),
    ofBucket: (bucket: string) => expected.of("known", bucket),
    learn: (model: string, charges: Record<string, number>) => expected.learn(model, charges, undefined),
    reads: () => reads,
  };
}

describe("the expected cost of a call", () => {
  it("is the mean of the newest calls, rounded up", async () => {
    expect(await setup([1, 2]).of()).toBe(2);
    expect(await setup([7]).of()).toBe(7);
    expect(await setup([0, 0]).of()).toBe(0);
  });

  it("is not known until a call of the model was settled", async () => {
    const { of, learn } = setup([]);
    expect(await of("new")).toBeUndefined();
    learn("new", { [COST_BUCKET]: 5 });
    expect(await of("new")).toBe(5);
    expect(await of("other")).toBeUndefined();
  });

  it("is of the newest twenty calls, in the ledger and of this process", async () => {
    const { of, learn } = setup([...Array<number>(20).fill(10), 9_999]);
    expect(await of()).toBe(10);
    for (let calls = 0; calls < 20; calls += 1) learn("known", { [COST_BUCKET]: 20 });
    expect(await of()).toBe(20);
    learn("known", { [COST_BUCKET]: 40 });
    expect(await of()).toBe(21);
  });

  it("is read from the ledger once for each model", async () => {
    const { of, learn, reads } = setup([10]);
    await of();
    learn("known", { [COST_BUCKET]: 20 });
    expect(await of()).toBe(15);
    expect(reads()).toBe(1);
    await of("other");
    expect(reads()).toBe(2);
  });

  it("is read once for a crowd that asks at the same time, and again where that failed", async () => {
    const { of, reads } = setup([10]);
    expect(await Promise.all([of(), of(), of()])).toEqual([10, 10, 10]);
    expect(reads()).toBe(1);
    let fails = true;
    const store = {
      ...createMemoryStore({ now: () => 0 }),
      recentCosts: async () => (fails ? Promise.reject(new Error("broken")) : [7]),
    };
    const expected = createExpectedCosts(async () => ({ store, name: "account" }));
    await expect(expected.of("known")).rejects.toThrow("broken");
    fails = false;
    expect(await expected.of("known")).toBe(7);
  });

  it("is of one bucket, read and learned apart from the others", async () => {
    const { of, learn, ofBucket } = setup([10]);
    expect([await of(), await ofBucket("tokens")]).toEqual([10, undefined]);
    learn("known", { [COST_BUCKET]: 20, tokens: 400 });
    expect([await of(), await ofBucket("tokens"), await ofBucket("tokens:pro")]).toEqual([15, 400, undefined]);
  });

  it("is left to the ledger for models that were not asked for", async () => {
    const { of, learn } = setup([10]);
    learn("known", { [COST_BUCKET]: 99 });
    expect(await of()).toBe(10);
  });
});

describe("the expected cost of a call of a known size", () => {
  const chat = (amount: number) => ({ amount, rate: 2, answer: 100, learns: "answer" }) as const;
  const texts = (amount: number) => ({ amount, rate: 2, answer: 0, learns: "ratio" }) as const;

  /** A ledger that keeps what it is taught, and processes on it. */
  function ledger(costs: readonly number[] = []) {
    const process = createMemoryStore({ now: () => 0 });
    let taught = 0;
    const store = {
      ...process,
      recentCosts: async () => [...costs],
      teach: async (...given: Parameters<typeof process.teach>) => {
        taught += 1;
        return process.teach(...given);
      },
    };
    return { open: () => createExpectedCosts(async () => ({ store, name: "account" })), taught: () => taught, store };
  }
  const learn = async (expected: ReturnType<typeof createExpectedCosts>, cost: number, size: CostSize) => {
    await expected.ofCall("m", size);
    expected.learn("m", { [COST_BUCKET]: cost }, size);
    await expected.save("m");
  };

  it("is its prompt by the rates, and what answers have cost beside theirs", async () => {
    const expected = ledger().open();
    expect(await expected.ofCall("m", chat(10))).toBeUndefined();
    await learn(expected, 10 * 2 + 30, chat(10));
    await learn(expected, 1_000 * 2 + 50, chat(1_000));
    expect(await expected.ofCall("m", chat(500))).toBe(500 * 2 + 40);
    expect(await expected.of("m")).toBe(Math.ceil((50 + 2_050) / 2));
  });

  it("is never free, where prompts cost less than the rates say: an eighth of its prompt, and a token", async () => {
    const expected = ledger().open();
    const cheap = { ...chat(1_000), answerToken: 7 };
    await learn(expected, 10, cheap);
    expect(await expected.ofCall("m", { ...cheap, amount: 100 })).toBe((100 * 2) / 8 + 7);
    expect(await expected.ofCall("m", { ...cheap, amount: 0 })).toBe(7);
    expect(Object.is(await expected.ofCall("m", texts(0)), 0)).toBe(true);
  });

  it("is learned by a later process as well: the prompt's factor and the answer apart", async () => {
    const { open } = ledger();
    const before = open();
    for (const amount of [10_000, 20_000]) await learn(before, amount * 2 * 3 + 40, chat(amount));
    expect(await open().ofCall("m", chat(100_000))).toBe(await before.ofCall("m", chat(100_000)));
    expect(await open().ofCall("m", chat(0))).toBe(await before.ofCall("m", chat(0)));
  });

  it("takes three sums of an earlier version as calls of one size", async () => {
    const { open, store } = ledger();
    const sums = { calls: 4, amount: 4_000, cost: 4 * 1_000 * 2 + 4 * 60 };
    const lessons = Object.entries(sums).map(
      ([key, value]) => ({ kind: "value", key: `sized_${key}:m`, value }) as const,
    );
    await store.teach("account", lessons);
    expect(await open().ofCall("m", chat(10))).toBe(10 * 2 + 60);
  });

  it("is as much more or less than its estimate as the others were, all together, where that is all that is learned", async () => {
    const expected = ledger().open();
    await learn(expected, 1, texts(2));
    await learn(expected, 100, texts(998));
    expect(await expected.ofCall("m", texts(500))).toBe(Math.ceil((500 * 101) / 1_000));
    const guessed = { ...chat(0), learns: "ratio" } as const;
    const other = ledger().open();
    await learn(other, 50, guessed);
    expect(await other.ofCall("m", { ...guessed, amount: 50 })).toBe(100);
  });

  it("is the mean where no size is known, or sizes say nothing", async () => {
    const expected = ledger([10, 20]).open();
    expect(await expected.ofCall("m", undefined)).toBe(15);
    expect(await expected.ofCall("m", chat(1_000))).toBe(15);
    const free = { amount: 5, rate: 0, answer: 0, learns: "ratio" } as const;
    await learn(expected, 30, free);
    expect(await expected.ofCall("m", free)).toBe(20);
  });

  it("is of the newest twenty calls, and of earlier processes as far as there are fewer", async () => {
    const { open } = ledger();
    const before = open();
    for (let calls = 0; calls < 32; calls += 1) await learn(before, 10, texts(1));
    const after = open();
    expect(await after.ofCall("m", texts(1))).toBe(10);
    for (let calls = 0; calls < 5; calls += 1) await learn(after, 30, texts(1));
    expect(await after.ofCall("m", texts(1))).toBe((15 * 10 + 5 * 30) / 20);
    for (let calls = 0; calls < 15; calls += 1) await learn(after, 30, texts(1));
    expect(await after.ofCall("m", texts(1))).toBe(30);
  });

  it("is written down after the first calls and every 64th", async () => {
    const { open, taught } = ledger();
    const expected = open();
    for (let calls = 1; calls <= 200; calls += 1) await learn(expected, 10, texts(1));
    // After 1, 2, 4, 8, 16, 32, 64, 128 and 192.
    expect(taught()).toBe(9);
    await expected.save("m");
    await expected.save("other");
    expect(taught()).toBe(9);
  });

  it("is learned all the same where it can't be written down", async () => {
    const { store } = ledger();
    const expected = createExpectedCosts(async () => ({
      store: { ...store, teach: async () => Promise.reject(new Error("the disk is full")) },
      name: "account",
    }));
    await learn(expected, 10, texts(1));
    expect(await expected.ofCall("m", texts(2))).toBe(20);
  });
});
