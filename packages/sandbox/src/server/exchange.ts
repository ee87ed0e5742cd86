import type { IncomingMessage, ServerResponse } from "node:http";
import type { SandboxClock } from "../tier/clock.js";
import { type ErrorBodyStyle, errorBody } from "./error-body.js";
import { createEntry, readKey } from "./log-entry.js";
import type { LoggedRequest } from "./request-log.js";

/** One request on its way: the node objects and its line in the log. */
export interface Exchange {
  incoming: IncomingMessage;
  response: ServerResponse;
  entry: LoggedRequest;
  /** The key, or undefined where none was sent. */
  apiKey: string | undefined;
}

const jsonType = "application/json; charset=utf-8";
const largestBody = 64 * 1024 * 1024;

/** Reads a request to its end. Undefined when the client went away before that. */
export async function readExchange(
  incoming: IncomingMessage,
  response: ServerResponse,
  clock: SandboxClock,
): Promise<Exchange | undefined> {
  // Writing to a client that has gone is an 'error' event, and one that nobody hears would end the process.
  response.on("error", () => {});
  const raw = await readText(incoming);
  if (raw === undefined) return undefined;
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  const entry = createEntry({
    at: clock.now(),
    method: incoming.method ?? "",
    path: incoming.url ?? "/",
    headers: Object.fromEntries(headers),
    raw,
  });
  return { incoming, response, entry, apiKey: readKey(incoming.headers.authorization) };
}

function readText(incoming: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestBody) chunks.push(chunk);
      else incoming.destroy();
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    incoming.on("error", () => resolve(undefined));
    incoming.on("close", () => resolve(undefined));
  });
}

/** Sends a whole answer. A client that is gone is not told. */
export function send(exchange: Exchange, status: number, body: string, headers: Record<string, string> = {}): void {
  const { response } = exchange;
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": jsonType, "content-length": Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** Sends the flat error body. */
export function sendError(
  exchange: Exchange,
  error: { status: number; message: string },
  clock: SandboxClock,
  style: ErrorBodyStyle,
  headers: Record<string, string> = {},
): void {
  const path = exchange.entry.path;
  send(exchange, error.status, errorBody({ ...error, path, at: clock.now() }, style), headers);
}
