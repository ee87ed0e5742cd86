// Opens one ledger after the other, each at a moment that other processes share, and spends a call in it. Parameters: a directory
// with the ledgers 0.sqlite and so on, how many, when the first is due as a timestamp, and the milliseconds from one to the next.
import { openStore } from "./open-store.js";
import { plainCommand, plainSettlement } from "./plain-command.js";

const [directory = "", count = "0", first = "0", pace = "0"] = process.argv.slice(2);
process.stdout.write(`pid ${process.pid}\n`);
const failures: string[] = [];

async function spendIn(index: number): Promise<void> {
  const store = await openStore(`${directory}/${index}.sqlite`);
  const call = plainCommand({ slots: [{ name: "account", limit: 1_000 }] });
  const answer = await store.reserve(call);
  if (answer.outcome !== "admitted") throw new Error(`was ${answer.outcome}`);
  if (!(await store.settle(call.id, answer.fence, plainSettlement(1)))) throw new Error("the place was lost");
  await store.close();
}

for (let index = 0; index < Number(count); index += 1) {
  await new Promise((resolve) => setTimeout(resolve, Number(first) + index * Number(pace) - Date.now()));
  await spendIn(index).catch((error: Error) => failures.push(`${index}: ${error.message}`));
}
process.stdout.write(`done ${JSON.stringify(failures)}\n`);
