import { CHAT_ROWS, type ChatClient, type ChatRow, type ChatRowName, type ClientSettings } from "./chat-clients.ts";
import { answerParent } from "./child.ts";
import { type LoadSettings, measureLoad } from "./measure-load.ts";

/** One measurement of one row. */
export interface ChatQuestion extends LoadSettings, ClientSettings {
  readonly row: ChatRowName;
  readonly kind: "invoke" | "stream";
}

const ANSWER_CHARACTERS = 632;
const STREAM_CHARACTERS = 512 * 5;

let opened: { readonly client: ChatClient; readonly key: string } | undefined;

answerParent(async ({ row, kind, atOnce, ms, baseURL, apiKey, folder }: ChatQuestion) => {
  const client = await clientFor(CHAT_ROWS[row], { baseURL, apiKey, folder });
  const call = kind === "invoke" ? () => checkAnswer(client) : () => checkStream(client);
  // Opens the connection and the ledger.
  await call();
  return measureLoad(call, { atOnce, ms });
});

async function clientFor(row: ChatRow, settings: ClientSettings): Promise<ChatClient> {
  const key = JSON.stringify(settings);
  if (opened?.key === key) return opened.client;
  await opened?.client.close?.();
  opened = { client: await row.open(settings), key };
  return opened.client;
}

/** Whoever does less than the others would look faster than they. */
async function checkAnswer(client: ChatClient): Promise<void> {
  const { length } = await client.invoke();
  if (length !== ANSWER_CHARACTERS) throw new Error(`An answer has ${length} characters, not ${ANSWER_CHARACTERS}.`);
}

async function checkStream(client: ChatClient): Promise<void> {
  const count = await client.stream();
  if (count !== STREAM_CHARACTERS) throw new Error(`A stream has ${count} characters, not ${STREAM_CHARACTERS}.`);
}
