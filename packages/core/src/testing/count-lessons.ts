// Counts in an account, one step after the other. Parameters: the file or the address of the ledger, how often.
import { openStore } from "./open-store.js";

const [where = "", times = "0"] = process.argv.slice(2);
const store = await openStore(where);
for (let counted = 0; counted < Number(times); counted += 1)
  await store.teach("account", [{ kind: "count", key: "counted", by: 1 }]);
await store.close();
process.stdout.write("done\n");
