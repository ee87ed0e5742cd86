import { expect, it } from "vitest";
import { type BodyLease, createBodyBudget } from "./body-budget.js";

const MEGABYTE = 1_000_000;
const never = (): AbortSignal => new AbortController().signal;

/** A budget of 4 MB, of which large bodies may hold 3. */
function open(patienceMs = 600_000) {
  const budget = createBodyBudget({ maxBytes: 4 * MEGABYTE, patienceMs });
  return {
    take: (bytes: number, signal = never) => budget.take(bytes, signal),
    /** Room that must be there at once. */
    hold(bytes: number): BodyLease {
      const lease = budget.take(bytes, never);
      if (lease instanceof Promise) throw new Error(`${bytes} bytes have to wait`);
      return lease;
    },
  };
}

/** Where a promise stands once all that is due has run. */
async function stateOf(promise: Promise<unknown> | BodyLease): Promise<string> {
  const settled = Promise.resolve(promise).then(
    (value) => (value === undefined ? "refused" : "admitted"),
    () => "gone",
  );
  for (let step = 0; step < 5; step += 1) await undefined;
  return Promise.race([settled, Promise.resolve("waits")]);
}

it("lets bodies in up to the bound, and the next when one has left", async () => {
  const { take, hold } = open();
  const first = hold(2 * MEGABYTE);
  hold(MEGABYTE);
  const third = take(MEGABYTE);
  expect(await stateOf(third)).toBe("waits");
  first.release();
  expect(await stateOf(third)).toBe("admitted");
});

it("keeps room for small bodies, which pass the large ones that wait", async () => {
  const { take, hold } = open();
  hold(3 * MEGABYTE);
  const large = take(256_001);
  expect(await stateOf(large)).toBe("waits");
  const small = [hold(256_000), hold(256_000), hold(256_000)];
  const fourth = take(256_000);
  expect(await stateOf(fourth)).toBe("waits");
  small[0]?.release();
  expect([await stateOf(fourth), await stateOf(large)]).toEqual(["admitted", "waits"]);
});

it("keeps the order of large bodies, so that the largest comes too", async () => {
  const { take, hold } = open();
  const [first, second] = [hold(2 * MEGABYTE), hold(MEGABYTE)];
  const [largest, next] = [take(2 * MEGABYTE), take(MEGABYTE)];
  second.release();
  expect([await stateOf(largest), await stateOf(next)]).toEqual(["waits", "waits"]);
  expect(await stateOf(take(MEGABYTE))).toBe("waits");
  first.release();
  expect([await stateOf(largest), await stateOf(next)]).toEqual(["admitted", "admitted"]);
});

it("lets a body grow while there is room, and never waits for it", async () => {
  const { take, hold } = open();
  hold(2 * MEGABYTE);
  const [growing, small] = [hold(0), hold(256_000)];
  expect([growing.grow(MEGABYTE - 256_000), growing.grow(1), small.grow(1)]).toEqual([true, false, false]);
  small.release();
  expect(growing.grow(256_000)).toBe(true);
  growing.release();
  growing.release();
  expect(await stateOf(take(MEGABYTE))).toBe("admitted");
  expect(await stateOf(take(300_000))).toBe("waits");
});

it("refuses what found no room within the patience, and leaves none of it held", async () => {
  const { take, hold } = open(1);
  const first = hold(3 * MEGABYTE);
  expect(await take(MEGABYTE)).toBeUndefined();
  first.release();
  hold(3 * MEGABYTE);
});

it("forgets a client that has gone while it waited", async () => {
  const { take, hold } = open();
  const first = hold(3 * MEGABYTE);
  const leaving = new AbortController();
  const gone = take(3 * MEGABYTE, () => leaving.signal);
  const next = take(MEGABYTE);
  leaving.abort(new Error("gone"));
  await expect(gone).rejects.toThrow("gone");
  await expect(take(MEGABYTE, () => leaving.signal)).rejects.toThrow("gone");
  first.release();
  expect(await stateOf(next)).toBe("admitted");
});

it("lets so many wait and no more", async () => {
  const { take, hold } = open();
  hold(3 * MEGABYTE);
  const waiting = Array.from({ length: 200 }, () => take(MEGABYTE));
  expect(await stateOf(take(MEGABYTE))).toBe("refused");
  expect(await stateOf(waiting.at(-1) as Promise<unknown>)).toBe("waits");
});
