/** Calls one client a number of times, in a process whose instructions somebody counts: row, kind, calls, base URL. */
import type { ChatRow } from "./chat-clients.ts";
import { ALL_ROWS, type RowName } from "./door-clients.ts";

const [name = "", kind, calls, baseURL = ""] = process.argv.slice(2);
const row: ChatRow | undefined = ALL_ROWS[name as RowName];
if (row === undefined) throw new Error(`There is no row "${name}".`);
const client = await row.open({ baseURL, apiKey: "bench", folder: "" });
for (let call = 0; call < Number(calls); call += 1) await (kind === "stream" ? client.stream() : client.invoke());
await client.close?.();
process.exit(0);
