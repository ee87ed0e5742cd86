/* Run by a test as a process of its own: aborts one call and then has nothing left to do. */
import { ChatLaplas } from "../chat/chat-laplas.ts";

const [baseURL = "", when = ""] = process.argv.slice(2);
const model = new ChatLaplas({ model: "gpt-4o-mini", apiKey: "child", baseURL, ledger: "memory" });
const controller = new AbortController();
const { signal } = controller;
// A queued call waits behind one that runs; both are aborted.
const calls: Promise<unknown>[] =
  when === "streaming"
    ? []
    : [model.invoke("Hello", { signal }), ...(when === "queued" ? [model.invoke("Hello", { signal })] : [])];
if (when === "streaming") {
  calls.push(
    (async () => {
      for await (const _ of await model.stream("Count to 200", { signal }));
    })(),
  );
}
setTimeout(() => controller.abort(), 200);
const [ended] = await Promise.allSettled(calls);
const error = ended?.status === "rejected" ? (ended.reason as Error).name : "none";
// What keeps the event loop alive; LangChain's own retries would leave a timer of seconds here.
const timers = process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
process.stdout.write(JSON.stringify({ error, timers }));
