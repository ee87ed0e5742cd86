import { CHAT_ROWS, type ChatClient, type ChatRow, type ChatRowName, type ClientSettings } from "./chat-clients.ts";
import { answerParent } from "./child.ts";
import { type LoadSettings, measureLoad } from "./measure-load.ts";
import { ANSWER_TEXT, STREAM_WORD, WORDS_PER_STREAM } from "./upstream-answers.ts";

/** The ways to read a stream. */
type StreamKind = "stream" | "events" | "eventsV2";

/** One measurement of one row. */
export interface ChatQuestion extends LoadSettings, ClientSettings {
  readonly row: ChatRowName;
  readonly kind: "invoke" | StreamKind;
}

const clients: Map<string, ChatClient> = new Map();

answerParent(async ({ row: name, kind, atOnce, ms, leadInMs, ...settings }: ChatQuestion) => {
  const row: ChatRow = CHAT_ROWS[name];
  const client = clients.get(settings.baseURL) ?? (await row.open(settings));
  const call = kind === "invoke" ? () => checkAnswer(client) : () => checkStream(client, kind);
  // Opens the connection and the ledger.
  if (!clients.has(settings.baseURL)) await call();
  const load = await measureLoad(call, { atOnce, ms, leadInMs });
  if (row.isFree === true) await client.close?.();
  else clients.set(settings.baseURL, client);
  return load;
});

/** Whoever does less than the others would look faster than they. */
async function checkAnswer(client: ChatClient): Promise<void> {
  const { length } = await client.invoke();
  if (length !== ANSWER_TEXT.length) throw new Error(`An answer of ${length} characters: something is missing.`);
}

async function checkStream(client: ChatClient, kind: StreamKind): Promise<void> {
  const characters = await client[kind]?.();
  if (characters !== STREAM_WORD.length * WORDS_PER_STREAM) {
    throw new Error(`A stream of ${characters} characters: something is missing.`);
  }
}
