// Takes a slot in a ledger and keeps it. Parameters: the file, the tokens it holds.
import { createSqliteStore } from "../ledger/sqlite/sqlite-store.js";
import { plainCommand } from "./plain-command.js";

const [path = "", held = "0"] = process.argv.slice(2);
const store = await createSqliteStore({ path, synchronous: "normal", now: Date.now, warn: () => {} });
const answer = await store.reserve(plainCommand({ buckets: [{ name: "credits", hold: Number(held) }] }));
process.stdout.write(`${answer.outcome}\n`);
setInterval(() => {}, 1_000);
