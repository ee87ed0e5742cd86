import type { BaseChatModel } from "@langchain/core/language_models/chat_models";

/** One way to call a chat model. Each is loaded on its own, in a process of its own. */
export interface ChatClient {
  /** The answer's text. */
  invoke(): Promise<string>;
  /** How many characters of text came. */
  stream(): Promise<number>;
  /** The same, of LangChain's events: content blocks, as `streamEvents` gives them unless it is told a version. */
  events?(): Promise<number>;
  /** The same, of the events of runs: version v2. */
  eventsV2?(): Promise<number>;
  close?(): Promise<void>;
}

export interface ClientSettings {
  readonly baseURL: string;
  readonly apiKey: string;
  /** A folder of this run. */
  readonly folder: string;
}

/** A row of the table. */
export interface ChatRow {
  readonly name: string;
  /**
   * On the free tier calls of an account run one at a time, and its budget is finite: every measurement opens the client
   * anew with another key.
   */
  readonly isFree?: boolean;
  /** It answers by itself and calls no upstream. */
  readonly isOffline?: boolean;
  /** It is LangChain's, and has `streamEvents`. */
  readonly hasEvents?: boolean;
  open(settings: ClientSettings): Promise<ChatClient>;
}

const MODEL = "gpt-4o-mini";
const MAX_TOKENS = 512;
const SYSTEM = "You answer in one paragraph, in plain words, for readers who have never heard of the matter before.";
const QUESTION = "Why is the sky blue at noon and red in the evening? ".repeat(8);

export const BODY = {
  model: MODEL,
  max_tokens: MAX_TOKENS,
  messages: [
    { role: "system", content: SYSTEM },
    { role: "user", content: QUESTION },
  ],
} satisfies { messages: { role: "system" | "user"; content: string }[]; [field: string]: unknown };
export const STREAM_BODY = { ...BODY, stream: true, stream_options: { include_usage: true } } as const;

const OWN_LEDGERS = {
  memory: () => "memory",
  sqlite: (folder: string) => `sqlite:${folder}/ledger.sqlite`,
} as const satisfies Record<string, (folder: string) => "memory" | `sqlite:${string}`>;

export const CHAT_ROWS = {
  "laplas-memory": {
    name: "ChatLaplas, memory ledger",
    hasEvents: true,
    open: (settings) => openChatLaplas(settings, "memory", "paid"),
  },
  "laplas-sqlite": {
    name: "ChatLaplas, default ledger (SQLite)",
    hasEvents: true,
    open: (settings) => openChatLaplas(settings, "sqlite", "paid"),
  },
  "chat-openai": { name: "ChatOpenAI", hasEvents: true, open: openChatOpenAI },
  "chat-openrouter": { name: "ChatOpenRouter", hasEvents: true, open: openChatOpenRouter },
  floor: {
    name: "LangChain's own floor: a model without network",
    isOffline: true,
    hasEvents: true,
    open: openMemoryModel,
  },
  "openai-sdk": { name: "openai SDK", open: openSdk },
  core: { name: "`laplas.chat` of core, memory ledger", open: openCore },
  undici: { name: "bare `undici.request`", open: openUndici },
  fetch: { name: "global `fetch`", open: openFetch },
  "laplas-free-memory": {
    name: "ChatLaplas, memory ledger, tier free",
    isFree: true,
    open: (settings) => openChatLaplas(settings, "memory", "free"),
  },
  "laplas-free-sqlite": {
    name: "ChatLaplas, default ledger, tier free",
    isFree: true,
    open: (settings) => openChatLaplas(settings, "sqlite", "free"),
  },
} as const satisfies Record<string, ChatRow>;

export type ChatRowName = keyof typeof CHAT_ROWS;

async function openChatLaplas(
  { baseURL, apiKey, folder }: ClientSettings,
  ledger: keyof typeof OWN_LEDGERS,
  tier: "paid" | "free",
): Promise<ChatClient> {
  const { ChatLaplas, createLaplas } = await import("@laplas/langchain");
  // An engine of its own instead of the shared one, only so that it can be closed.
  const engine = createLaplas({ baseURL, apiKey, tier, ledger: OWN_LEDGERS[ledger](folder) });
  const model = new ChatLaplas({ model: MODEL, maxTokens: MAX_TOKENS, engine });
  return { ...(await langChainClient(model)), close: () => engine.close() };
}

async function openChatOpenAI({ baseURL, apiKey }: ClientSettings): Promise<ChatClient> {
  const { ChatOpenAI } = await import("@langchain/openai");
  return langChainClient(new ChatOpenAI({ model: MODEL, maxTokens: MAX_TOKENS, apiKey, configuration: { baseURL } }));
}

async function openChatOpenRouter({ baseURL, apiKey }: ClientSettings): Promise<ChatClient> {
  const { ChatOpenRouter } = await import("@langchain/openrouter");
  return langChainClient(new ChatOpenRouter({ model: MODEL, maxTokens: MAX_TOKENS, apiKey, baseURL }));
}

async function openMemoryModel(): Promise<ChatClient> {
  const { MemoryModel } = await import("./memory-model.ts");
  return langChainClient(new MemoryModel({}));
}

async function langChainClient(model: BaseChatModel): Promise<ChatClient> {
  const { HumanMessage, SystemMessage } = await import("@langchain/core/messages");
  const messages = [new SystemMessage(SYSTEM), new HumanMessage(QUESTION)];
  return {
    invoke: async () => (await model.invoke(messages)).content as string,
    async stream() {
      let characters = 0;
      for await (const chunk of await model.stream(messages)) characters += (chunk.content as string).length;
      return characters;
    },
    async events() {
      let characters = 0;
      for await (const event of model.streamEvents(messages)) {
        if (event.event === "content-block-delta" && event.delta.type === "text-delta") {
          characters += event.delta.text.length;
        }
      }
      return characters;
    },
    async eventsV2() {
      let characters = 0;
      for await (const { event, data } of model.streamEvents(messages, { version: "v2" })) {
        if (event === "on_chat_model_stream") characters += (data.chunk.content as string).length;
      }
      return characters;
    },
  };
}

async function openSdk({ baseURL, apiKey }: ClientSettings): Promise<ChatClient> {
  const { OpenAI } = await import("openai");
  const client = new OpenAI({ baseURL, apiKey });
  return {
    invoke: async () => (await client.chat.completions.create(BODY)).choices[0]?.message.content ?? "",
    async stream() {
      let characters = 0;
      for await (const chunk of await client.chat.completions.create(STREAM_BODY)) {
        characters += chunk.choices[0]?.delta.content?.length ?? 0;
      }
      return characters;
    },
  };
}

async function openCore({ baseURL, apiKey }: ClientSettings): Promise<ChatClient> {
  const { createLaplas } = await import("@laplas/core");
  const laplas = createLaplas({ baseURL, apiKey, tier: "paid", ledger: "memory" });
  return {
    invoke: async () => (await laplas.chat(BODY)).choices[0]?.message.content ?? "",
    async stream() {
      let characters = 0;
      for await (const chunk of laplas.chatStream(STREAM_BODY)) {
        characters += chunk.choices[0]?.delta.content?.length ?? 0;
      }
      return characters;
    },
    close: () => laplas.close(),
  };
}

interface RawCompletion {
  choices: { message?: { content: string }; delta?: { content?: string } }[];
}

async function openUndici({ baseURL, apiKey }: ClientSettings): Promise<ChatClient> {
  const { request } = await import("undici");
  const send = (sent: object) =>
    request(`${baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(sent),
    });
  return {
    async invoke() {
      const answer = (await (await send(BODY)).body.json()) as RawCompletion;
      return answer.choices[0]?.message?.content ?? "";
    },
    stream: async () => countCharacters((await send(STREAM_BODY)).body),
  };
}

async function openFetch({ baseURL, apiKey }: ClientSettings): Promise<ChatClient> {
  const send = (sent: object) =>
    fetch(`${baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(sent),
    });
  return {
    async invoke() {
      const answer = (await (await send(BODY)).json()) as RawCompletion;
      return answer.choices[0]?.message?.content ?? "";
    },
    stream: async () => countCharacters((await send(STREAM_BODY)).body ?? []),
  };
}

/** The least a reader of a stream does: decode, split, parse. */
async function countCharacters(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
  const decoder = new TextDecoder();
  let rest = "";
  let characters = 0;
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data: {")) continue;
      const chunk = JSON.parse(line.slice(6)) as RawCompletion;
      characters += chunk.choices[0]?.delta?.content?.length ?? 0;
    }
  }
  return characters;
}
