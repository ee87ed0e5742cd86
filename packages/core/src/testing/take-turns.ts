// Takes its place in a ledger again and again, with a file that only one may have at a time. Parameters: the ledger, the
// file, how often.
import { closeSync, openSync, unlinkSync } from "node:fs";
import { createSqliteStore } from "../ledger/sqlite/sqlite-store.js";
import { createTurnQueue } from "../ledger/turn-queue.js";
import { waitForTurn } from "../ledger/wait-for-turn.js";
import { plainCommand, plainSettlement } from "./plain-command.js";

const [path = "", token = "", times = "1"] = process.argv.slice(2);
const store = await createSqliteStore({ path, synchronous: "normal", now: Date.now, warn: () => {} });
const queue = createTurnQueue();

async function call(number: number): Promise<void> {
  // Every third is a further request of a call that has begun.
  const ahead = number % 3 === 2;
  const command = plainCommand({ id: `${process.pid}-${number}`, buckets: [{ name: "credits", hold: 1 }], ahead });
  const { fence } = await waitForTurn(command, {
    store,
    queue,
    signal: undefined,
    closed: new AbortController().signal,
    maxQueue: 100,
    patienceMs: 20_000,
    tierTitle: "test",
    denialError: ({ rule }) => new Error(`denied by ${rule}`),
    busyRule: undefined,
  });
  // Fails if another process is at it.
  closeSync(openSync(token, "wx"));
  await new Promise((resolve) => setImmediate(resolve));
  unlinkSync(token);
  await store.settle(command.id, fence, plainSettlement(1));
  queue.ended(command);
}

await Promise.all(Array.from({ length: Number(times) }, (_, number) => call(number)));
await store.close();
process.stdout.write("done\n");
