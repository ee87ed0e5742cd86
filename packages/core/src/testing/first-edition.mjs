// A process of the first edition. It makes calls on a ledger, keeps one running and one waiting, and tells what became of each further
// step when it gets SIGUSR2. Parameters: the file; "open" to do nothing but open it.
import { createSqliteStore } from "./first-edition-sqlite.mjs";

const [path = "", only] = process.argv.slice(2);
const DAY_MS = 86_400_000;
let ahead = 0;
const now = () => Date.now() + ahead;
const say = (text) => process.stdout.write(`${text}\n`);
const tell = async (what, step) => {
  try {
    say(`${what} ${JSON.stringify(await step())}`);
  } catch (error) {
    say(`${what} failed: ${error.name}: ${error.message}`);
  }
};
const open = () => createSqliteStore({ path, synchronous: "normal", now, warn: (text) => say(`warning ${text}`) });
const command = (id, fields = {}) => ({
  id,
  account: "account",
  model: "regular-model",
  modelClass: "regular",
  surface: "api",
  heldApiTokens: 70,
  countOwnHold: false,
  windows: [],
  concurrency: 1,
  leaseMs: 30_000,
  ...fields,
});

say(`pid ${process.pid}`);
if (only === "open") {
  await tell("opened", open);
  process.exit();
}
const store = await open();
let calls = 0;
const spend = async (apiTokens, fields, estimated = false) => {
  calls += 1;
  const wanted = command(`spent-${calls}`, fields);
  const { fence } = await store.reserve(wanted);
  await store.settle(wanted.id, fence, { apiTokens, estimated, lingerMs: 0, clearsBlock: false });
};
ahead = -5 * DAY_MS;
await spend(11);
ahead = 0;
await spend(40);
await spend(25, { model: "pro-model", modelClass: "pro", surface: "playground" });
await spend(7, {}, true);
await store.learn("account", "hour", 5);
await store.block("blocked", { until: Date.now() + DAY_MS, code: "daily_quota", rule: "upstream" });
const running = command("running");
const { fence } = await store.reserve(running);
const waiting = command("waiting");

process.on("SIGUSR2", async () => {
  await tell("asks again", () => store.reserve(waiting));
  await tell("asks", () => store.reserve(command("another")));
  await tell("peeks", () => store.peek(command("another")));
  await tell("heartbeat", () => store.heartbeat(running.id, fence, 30_000));
  await tell("blocks", () =>
    store.block("account", { until: Date.now() + DAY_MS, code: "daily_quota", rule: "upstream" }),
  );
  await tell("learns", () => store.learn("account", "hour", 6));
  const settlement = { apiTokens: 1, estimated: false, lingerMs: 0, clearsBlock: true };
  await tell("settles", () => store.settle(running.id, fence, settlement));
  await tell("cancels", () => store.cancel(running.id));
  await tell("closes", () => store.close());
  say("done");
});
await tell("waiting", () => store.reserve(waiting));
setInterval(() => {}, 1_000);
