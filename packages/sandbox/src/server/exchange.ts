import type { IncomingMessage, ServerResponse } from "node:http";
import type { SandboxClock } from "../tier/clock.js";
import { type ErrorBodyStyle, errorBody } from "./error-body.js";
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
  const body = parse(raw);
  const fields: { model?: unknown; stream?: unknown } = typeof body === "object" && body !== null ? body : {};
  const entry: LoggedRequest = {
    at: clock.now(),
    method: incoming.method ?? "",
    path: incoming.url ?? "/",
    model: typeof fields.model === "string" ? fields.model : undefined,
    body,
    headers: maskedHeaders(incoming),
    status: 0,
    outcome: "running",
    apiTokens: 0,
    streamed: fields.stream === true,
    aborted: false,
  };
  return { incoming, response, entry, apiKey: /^Bearer\s+(\S+)/i.exec(incoming.headers.authorization ?? "")?.[1] };
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

/** What is not JSON stays the text it is: the endpoint's schema refuses it. */
function parse(raw: string): unknown {
  if (raw === "") return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

function maskedHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = name === "authorization" ? "Bearer ***" : String(value);
  }
  return headers;
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
