// Takes one call through all its steps. At the named ones it tells so and goes on only when it gets SIGUSR2. Parameters: the
// ledger, the steps, the milliseconds of the lease.
import { DatabaseSync } from "node:sqlite";
import { openStore } from "./open-store.js";
import { plainCommand, plainSettlement } from "./plain-command.js";

const [where = "", steps = "", leaseMs = "30000"] = process.argv.slice(2);
const stops = new Set(steps.split(","));
let next: () => void = () => {};
const alive = setInterval(() => {}, 1_000);
process.on("SIGUSR2", () => next());
process.stdout.write(`pid ${process.pid}\n`);

async function stopAt(step: string): Promise<void> {
  if (!stops.has(step)) return;
  process.stdout.write(`at ${step}\n`);
  await new Promise<void>((resolve) => {
    next = resolve;
  });
}

/** In the middle of a transaction nothing can be waited for: whoever stops here is killed here. */
let phase = "";
const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  const step = { "BEGIN IMMEDIATE": `${phase} begins`, COMMIT: `${phase} commits` }[sql] ?? "";
  if (sql === "BEGIN IMMEDIATE") exec.call(this, sql);
  if (stops.has(step)) {
    process.stdout.write(`at ${step}\n`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  if (sql !== "BEGIN IMMEDIATE") exec.call(this, sql);
};

const lease = Number(leaseMs);
const command = plainCommand({ id: `child-${process.pid}`, buckets: [{ name: "credits", hold: 70 }], leaseMs: lease });
const tell = async (what: string, step: () => Promise<unknown>): Promise<void> => {
  try {
    process.stdout.write(`${what} ${JSON.stringify(await step())}\n`);
  } catch (error) {
    process.stdout.write(`${what} failed: ${(error as Error).name}: ${(error as Error).message}\n`);
  }
};

const store = await openStore(where);
await stopAt("opened");
phase = "reserve";
let answer = await store.reserve(command);
if (answer.outcome === "queued") await stopAt("queued");
while (answer.outcome === "queued") {
  await new Promise((resolve) => setTimeout(resolve, 10));
  answer = await store.reserve(command);
}
if (answer.outcome !== "admitted") throw new Error(answer.outcome);
const { fence } = answer;
await stopAt("admitted");
phase = "heartbeat";
await tell("heartbeat", () => store.heartbeat(command.account, [{ id: command.id, fence }], lease));
await stopAt("heard");
phase = "settle";
const settlement = plainSettlement(30);
await tell("settle", () => store.settle(command.id, fence, settlement));
await stopAt("settled");
await tell("settle again", () => store.settle(command.id, fence, settlement));
await store.close();
await stopAt("closed");
process.stdout.write("done\n");
clearInterval(alive);
