import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerParent } from "./child.ts";
import { ANSWER_TEXT, DIMENSIONS, STREAM_WORD, WORDS_PER_STREAM } from "./upstream-answers.ts";

/**
 * The upstream of the benchmarks: it knows no rules and computes nothing twice, so that what is measured is the client.
 * Below `/live` a stream comes one event at a time, as from a model; below `/open` it hardly comes at all, so that a thousand
 * can be open at once; elsewhere as fast as the reader takes it.
 */

/** Cheap enough that a fresh account on the free tier pays for tens of thousands of calls. */
const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const LIVE_EVENT_EVERY_MS = 1;
const OPEN_EVENT_EVERY_MS = 2_000;

const head = { id: "chatcmpl-bench", created: 1_760_000_000, model: "gpt-4o-mini", system_fingerprint: "fp_bench" };

const answer = Buffer.from(
  JSON.stringify({
    ...head,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: ANSWER_TEXT, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: USAGE,
  }),
);

const events: readonly Buffer[] = [
  ...Array.from({ length: WORDS_PER_STREAM }, (_, index) =>
    event([
      {
        index: 0,
        delta: index === 0 ? { role: "assistant", content: STREAM_WORD, refusal: null } : { content: STREAM_WORD },
        logprobs: null,
        finish_reason: null,
      },
    ]),
  ),
  event([{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }]),
  event([], USAGE),
  Buffer.from("data: [DONE]\n\n"),
];
const allEvents = Buffer.concat(events);

function event(choices: readonly object[], usage: object | null = null): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, usage })}\n\n`);
}

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => respond(request, Buffer.concat(pieces), response));
});
server.keepAliveTimeout = 120_000;

function respond({ url = "" }: IncomingMessage, body: Buffer, response: ServerResponse): void {
  if (url.endsWith("/embeddings")) sendJson(response, embeddings(body));
  else if (!body.includes('"stream":true')) sendJson(response, answer);
  else {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    if (url.startsWith("/live")) sendSlowly(response, LIVE_EVENT_EVERY_MS);
    else if (url.startsWith("/open")) sendSlowly(response, OPEN_EVENT_EVERY_MS);
    else response.end(allEvents);
  }
}

function sendJson(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

function sendSlowly(response: ServerResponse, everyMs: number): void {
  let next = 1;
  response.write(events[0]);
  const timer = setInterval(() => {
    response.write(events[next]);
    next += 1;
    if (next < events.length) return;
    clearInterval(timer);
    response.end();
  }, everyMs);
  response.on("close", () => clearInterval(timer));
}

const madeEmbeddings: Map<string, Buffer> = new Map();

function embeddings(body: Buffer): Buffer {
  const { input, encoding_format: format } = JSON.parse(body.toString()) as {
    input: string | string[];
    encoding_format?: string;
  };
  const count = typeof input === "string" ? 1 : input.length;
  const key = `${count} ${format}`;
  const known = madeEmbeddings.get(key);
  if (known !== undefined) return known;
  const vector = Float32Array.from({ length: DIMENSIONS }, (_, index) => Math.sin(index + 1) / 28);
  const embedding = format === "base64" ? Buffer.from(vector.buffer).toString("base64") : Array.from(vector);
  const data = Array.from({ length: count }, (_, index) => ({ object: "embedding", index, embedding }));
  const made = Buffer.from(JSON.stringify({ object: "list", model: "text-embedding-3-small", data, usage: USAGE }));
  madeEmbeddings.set(key, made);
  return made;
}

answerParent(
  () =>
    new Promise((resolve, reject) => {
      server.on("error", reject);
      server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    }),
);
