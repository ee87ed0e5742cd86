// Makes a call on a ledger each time that it gets SIGUSR2, and tells what came of it. Parameters: the file; "kept" for one store that
// is opened at once, otherwise each call opens and closes its own.
import type { LedgerStore } from "../ledger/ledger-store.js";
import { openLedger } from "../ledger/open-ledger.js";
import { plainCommand, plainSettlement } from "./plain-command.js";

const [path = "", keeps] = process.argv.slice(2);
const warn = (text: string): void => void process.stdout.write(`warning ${text}\n`);
const environment = { HOME: path, XDG_STATE_HOME: "" };
const ledger = path.endsWith(".sqlite") ? (`sqlite:${path}` as const) : "sqlite";
const open = (): Promise<LedgerStore> =>
  openLedger({ ledger, durability: "process", now: Date.now, warn, environment });
let asked = 0;

async function call(store: LedgerStore): Promise<string> {
  const command = plainCommand({ id: `${process.pid}-${asked}` });
  const answer = await store.reserve(command);
  if (answer.outcome === "admitted") await store.settle(command.id, answer.fence, plainSettlement(1));
  else await store.cancel(command.id);
  return answer.outcome;
}

async function ask(): Promise<string> {
  const store = kept ?? (await open());
  const outcome = await call(store);
  if (kept === undefined) await store.close();
  return `${store.name} ${outcome}`;
}

const kept = keeps === "kept" ? await open() : undefined;
setInterval(() => {}, 1_000);
process.on("SIGUSR2", async () => {
  asked += 1;
  const number = asked;
  const outcome = await ask().catch((error: Error) => `${error.name} ${error.message}`);
  process.stdout.write(`${number} ${outcome}\n`);
});
process.stdout.write(`pid ${process.pid}\n`);
