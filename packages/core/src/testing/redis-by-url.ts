// Uses a ledger in Redis by its address, on a machine that lacks some client libraries. Parameters: the address, the names of
// the packages that are missing.
import { registerHooks } from "node:module";
import { createRedisStore } from "../ledger/redis/redis-store.js";

const [url = "", missing = ""] = process.argv.slice(2);
registerHooks({
  resolve(specifier, context, next) {
    if (!missing.split(",").includes(specifier)) return next(specifier, context);
    throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: "MODULE_NOT_FOUND" });
  },
});

const store = createRedisStore({ url, prefix: `child-${process.pid}`, timeoutMs: 3_000, restartPauseMs: 0 });
let outcome: object = {};
try {
  const command = {
    id: crypto.randomUUID(),
    account: "account",
    label: "gpt-4o-mini",
    buckets: [{ name: "credits", hold: 100 }],
    claims: [],
    slots: [{ name: "account", limit: 1 }],
    scopes: [],
    patienceMs: 0,
    leaseMs: 30_000,
  };
  const answer = await store.reserve(command);
  if (answer.outcome !== "admitted") throw new Error(`the call was ${answer.outcome}`);
  const amounts = { credits: 12 };
  await store.settle(command.id, answer.fence, { amounts, estimated: false, lingerMs: 0, outcome: "other" });
  outcome = { used: (await store.recentCosts("account", "gpt-4o-mini", "credits", 1))[0] };
} catch (error) {
  const { code = "", message } = error as Error & { code?: string };
  if (code !== "ledger") process.stdout.write(`${code} ${message}\n`);
  outcome = { failed: code };
}
await store.close();
process.stdout.write(`${JSON.stringify({ ...outcome, closed: true })}\n`);
