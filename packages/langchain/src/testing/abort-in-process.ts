/* Run by a test as a process of its own: aborts one call when it is told to, and then has nothing left to do. */
import { once } from "node:events";
import { createLaplas } from "@laplas/core";
import { ChatLaplas } from "../chat/chat-laplas.ts";

const [baseURL = "", when = ""] = process.argv.slice(2);
const engine = createLaplas({ apiKey: "child", baseURL, ledger: "memory" });
const model = new ChatLaplas({ model: "gpt-4o-mini", engine });
const controller = new AbortController();
const { signal } = controller;
const told = once(process, "message").then(() => process.disconnect());
// A queued call waits behind one that runs; both are aborted.
const calls: Promise<unknown>[] =
  when === "streaming"
    ? []
    : [model.invoke("Hello", { signal }), ...(when === "queued" ? [model.invoke("Hello", { signal })] : [])];
const begun = Promise.withResolvers<void>();
if (when === "streaming") {
  calls.push(
    (async () => {
      for await (const _ of await model.stream("Count to 200", { signal })) begun.resolve();
    })(),
  );
}
await told;
if (when === "streaming") await begun.promise;
if (when === "queued") while ((await engine.status()).waiting === 0) await new Promise(setImmediate);
controller.abort();
const [ended] = await Promise.allSettled(calls);
const error = ended?.status === "rejected" ? (ended.reason as Error).name : "none";
// What keeps the event loop alive; LangChain's own retries would leave a timer of seconds here.
const timers = process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
process.stdout.write(JSON.stringify({ error, timers }));
