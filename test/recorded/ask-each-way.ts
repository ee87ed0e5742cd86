import {
  type ChatRequest,
  createLaplas,
  isLaplasError,
  type Laplas,
  type LaplasEvent,
  type LaplasOptions,
} from "@laplas/core";
import { createGateway } from "@laplas/gateway";
import type { UpstreamAnswer } from "./upstream-answers.ts";

/** One call as its caller and its listeners know it: each part as text. */
export interface HeardCall {
  /** Status and headers, or how a call in process ended. */
  readonly head: string;
  /** To the byte. In process each chunk as JSON. */
  readonly body: string;
  readonly report: string;
  readonly events: string;
}

export interface Way {
  readonly streamed: boolean;
  readonly options?: LaplasOptions;
  ask(laplas: Laplas): Promise<Omit<HeardCall, "events">>;
}

const NOON = Date.parse("2026-03-10T12:00:00.000Z");
const MESSAGES = [{ role: "user", content: "What do herons do?" }] as const;
const TOOLS = ["f", "g"].map((name) => ({ name, parameters: { type: "object" } }));

const chatBody = (model: string, more: object = {}): ChatRequest => ({ model, messages: [...MESSAGES], ...more });
const streamed = { stream: true } as const;
const counted = { ...streamed, stream_options: { include_usage: true } };
const tools = TOOLS.map((called) => ({ type: "function", function: called }));

export const WAYS: Readonly<Record<string, Way>> = {
  "fetch, streamed": door("chat/completions", chatBody("gpt-4o-mini", { ...streamed, tools })),
  "fetch, streamed with usage": door("chat/completions", chatBody("deepseek-v3.2", counted)),
  "fetch, continued": {
    ...door("chat/completions", chatBody("gpt-4o-mini", counted), { "x-laplas-continue": "2" }),
    options: { tier: "free" },
  },
  "gateway, streamed with usage": throughGateway(
    "chat/completions",
    chatBody("claude-haiku-4.5", { ...counted, tools }),
  ),
  "gateway, streamed to a limit": throughGateway(
    "chat/completions",
    chatBody("any-model", { ...streamed, max_tokens: 20 }),
  ),
  "gateway, whole": throughGateway("chat/completions", chatBody("gpt-4o-mini")),
  "completions, streamed": door("completions", { model: "gpt-4o-mini", prompt: "What do herons do?", ...streamed }),
  "responses, streamed": door("responses", { model: "gpt-4o-mini", input: "What do herons do?", ...streamed }),
  "messages, streamed": throughGateway("messages", { ...chatBody("gpt-4o-mini", streamed), max_tokens: 100 }),
  "in process, streamed": { streamed: true, ask: inProcess },
};

function door(path: string, body: object, headers: Record<string, string> = {}): Way {
  return { streamed: "stream" in body, ask: (laplas) => send(laplas.fetch, path, body, headers) };
}

function throughGateway(path: string, body: object): Way {
  return {
    streamed: "stream" in body,
    async ask(laplas) {
      const quiet = (): void => {};
      const gateway = createGateway({ laplas, logger: { info: quiet, warn: quiet, error: quiet } });
      try {
        return await send((address, init) => gateway.fetch(new Request(address as string, init)), path, body);
      } finally {
        gateway.close();
      }
    },
  };
}

async function send(
  fetch: typeof globalThis.fetch,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Omit<HeardCall, "events">> {
  const response = await fetch(`http://localhost/v1/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });
  const head = JSON.stringify([response.status, [...response.headers]]);
  return { head, body: await response.text(), report: "" };
}

async function inProcess(laplas: Laplas): Promise<Omit<HeardCall, "events">> {
  const stream = laplas.chatStream(chatBody("gpt-4o-mini", counted));
  const chunks: string[] = [];
  let head = "ended";
  try {
    for await (const chunk of stream) chunks.push(JSON.stringify(chunk));
  } catch (error) {
    head = isLaplasError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return { head, body: chunks.join("\n"), report: JSON.stringify(await stream.report) };
}

/** Makes one call on an account of its own. @param pieceBytes how the upstream's body is cut */
export async function askOneWay(way: Way, answer: UpstreamAnswer, pieceBytes: number): Promise<HeardCall> {
  const events: LaplasEvent[] = [];
  const laplas = createLaplas({
    apiKey: crypto.randomUUID(),
    tier: "paid",
    ledger: "memory",
    baseURL: "http://upstream.example/v1",
    unknownModels: "send",
    maxRetries: 0,
    now: () => NOON,
    fetch: async () => respond(answer, pieceBytes),
    onEvent: (event) => events.push(event),
    ...way.options,
  });
  const heard = await way.ask(laplas);
  await laplas.close();
  const all = { ...heard, events: JSON.stringify(events) };
  return Object.fromEntries(
    Object.entries(all).map(([part, text]) => [part, withoutChance(text)]),
  ) as unknown as HeardCall;
}

function respond(
  { status = 200, type = "text/event-stream", headers, body, breaks }: UpstreamAnswer,
  pieceBytes: number,
) {
  const bytes = new TextEncoder().encode(body);
  let at = 0;
  const pieces = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + pieceBytes));
      else if (breaks === true) controller.error(new TypeError("terminated"));
      else controller.close();
      at += pieceBytes;
    },
  });
  return new Response(pieces, { status, headers: { ...headers, "content-type": type } });
}

/** Ids and durations are others each time. */
function withoutChance(text: string): string {
  return text
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, "<id>")
    .replace(/[\da-f]{32}/g, "<id>")
    .replace(/"(durationMs|firstMs|waitedMs)":\d+/g, '"$1":0');
}
