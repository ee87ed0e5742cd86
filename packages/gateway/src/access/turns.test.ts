import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { createTurns } from "./turns.js";

/** Keeps the event loop busy, as the work of a request does. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

it("a crowd leaves the event loop turns of its own, and keeps its order", async () => {
  const takeTurn = createTurns();
  const served: number[] = [];
  const serve = async (number: number): Promise<void> => {
    await takeTurn();
    work(2);
    served.push(number);
  };
  const crowd: Promise<void>[] = [];
  for (let number = 0; number < 40; number += 1) {
    crowd.push(serve(number));
    // As between two events of one turn: what the first set off is done before the second.
    for (let step = 0; step < 5; step += 1) await undefined;
  }
  await turn();
  expect(served.length).toBeLessThan(40);
  // One that comes later waits for those before it.
  const last = Promise.resolve(takeTurn()).then(() => served.push(40));
  await Promise.all([...crowd, last]);
  expect(served).toEqual(Array.from({ length: 41 }, (_, number) => number));
});

it("one alone, and the next in another turn, wait for nothing", async () => {
  const takeTurn = createTurns();
  expect(takeTurn()).toBeUndefined();
  await turn();
  await turn();
  expect(takeTurn()).toBeUndefined();
});
