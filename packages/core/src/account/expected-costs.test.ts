import { describe, expect, it } from "vitest";
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
    learn: expected.learn,
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
