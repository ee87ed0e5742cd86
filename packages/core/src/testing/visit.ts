// Takes its place in a ledger again and again, and each time visits a door that only one may pass at a time. Parameters: the
// ledger, the door's port, and what a call is like, as JSON.
import { once } from "node:events";
import { connect } from "node:net";
import { FatalLimitError } from "../errors/limit-errors.js";
import type { ReserveCommand } from "../ledger/ledger-store.js";
import { createTurnQueue } from "../ledger/turn-queue.js";
import { waitForTurn } from "../ledger/wait-for-turn.js";
import { openStore } from "./open-store.js";
import { plainCommand, plainSettlement } from "./plain-command.js";

/** What a visitor is told. */
export interface VisitSettings {
  /** At most so many visits. */
  readonly times: number;
  readonly atOnce: number;
  /** Least and most that a visit costs. */
  readonly cost: readonly [number, number];
  readonly command: Partial<ReserveCommand>;
}

const [where = "", port = "0", json = "{}"] = process.argv.slice(2);
const { times, atOnce, cost, command } = JSON.parse(json) as VisitSettings;
const store = await openStore(where);
const queue = createTurnQueue();
process.stdout.write(`pid ${process.pid}\n`);
let begun = 0;
let spent = 0;

async function visit(): Promise<void> {
  const wanted = plainCommand({ ...command, id: `${process.pid}-${begun}` });
  const { fence } = await waitForTurn(wanted, {
    store,
    queue,
    signal: undefined,
    closed: new AbortController().signal,
    maxQueue: 1_000,
    patienceMs: 60_000,
    tierTitle: "test",
    denialError: ({ code, rule }) =>
      new FatalLimitError(code === "payment_required" ? "model_not_on_tier" : code, `denied by ${rule}`, { rule }),
    busyRule: undefined,
  });
  const door = connect(Number(port), "127.0.0.1");
  await once(door, "data");
  door.end();
  await once(door, "close");
  const credits = cost[0] + Math.floor(Math.random() * (cost[1] - cost[0] + 1));
  if (!(await store.settle(wanted.id, fence, plainSettlement(credits)))) throw new Error("the place was lost");
  spent += credits;
  queue.ended(wanted);
}

async function work(): Promise<void> {
  while (begun < times) {
    begun += 1;
    await visit();
  }
}

const ends = await Promise.allSettled(Array.from({ length: atOnce }, work));
let outcome = "done";
for (const end of ends) {
  if (end.status === "fulfilled") continue;
  if (!FatalLimitError.isInstance(end.reason)) throw end.reason;
  outcome = "spent";
}
await store.close();
process.stdout.write(`${outcome} ${spent}\n`);
