// Holds a ledger's write lock until it is killed. Parameters: the file, and how: IMMEDIATE or EXCLUSIVE.
import { DatabaseSync } from "node:sqlite";

const [path = "", how = "IMMEDIATE"] = process.argv.slice(2);
const db = new DatabaseSync(path);
db.exec(`BEGIN ${how}`);
process.stdout.write("locked\n");
setInterval(() => {}, 1_000);
