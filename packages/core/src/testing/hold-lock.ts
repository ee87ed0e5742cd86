// Holds a ledger's write lock until it is killed. Parameters: the file, and how: IMMEDIATE or EXCLUSIVE.
import { DatabaseSync } from "node:sqlite";

const [path = "", how = "IMMEDIATE"] = process.argv.slice(2);
const db = new DatabaseSync(path);
db.exec(`BEGIN ${how}`);
process.stdout.write("locked\n");
// It names the connection: one that nothing names is collected, and its lock goes with it.
setInterval(() => db.isOpen, 1_000);
