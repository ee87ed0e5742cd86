import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { command, NOON, openSqlite, temporaryFile } from "../../testing/ledger.js";

it("a crowd that joins at once leaves the event loop turns of its own, and its places are in order", async () => {
  const store = await openSqlite(temporaryFile(), { at: NOON });
  const answers: unknown[] = [];
  const crowd = Array.from({ length: 2_000 }, async () => {
    const answer = await store.reserve(command());
    answers.push(answer.outcome === "queued" ? answer.position : answer.outcome);
  });
  await turn();
  expect(answers.length).toBeLessThan(2_000);
  await Promise.all(crowd);
  expect(answers).toEqual(["admitted", ...Array.from({ length: 1_999 }, (_, place) => place)]);
});
