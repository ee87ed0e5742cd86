// Takes a place in a ledger and keeps it. Parameters: the file, the tokens it holds.
import { createSqliteStore } from "../ledger/sqlite-store.js";

const [path = "", held = "0"] = process.argv.slice(2);
const store = await createSqliteStore({ path, synchronous: "normal", now: Date.now, warn: () => {} });
const answer = await store.reserve({
  id: `child-${process.pid}`,
  account: "account",
  model: "gpt-4o-mini",
  modelClass: "regular",
  surface: "api",
  heldApiTokens: Number(held),
  countOwnHold: false,
  windows: [],
  concurrency: 1,
  leaseMs: 30_000,
});
process.stdout.write(`${answer.outcome}\n`);
setInterval(() => {}, 1_000);
