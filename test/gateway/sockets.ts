import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { within } from "./until.ts";

/** One answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection on which a test writes what no client would. */
export interface RawConnection {
  readonly socket: Socket;
  write(bytes: string | Uint8Array): void;
  /** All that has come so far, a character a byte. */
  received(): string;
  /** Resolves with all that came once the other side has ended it, however it did. */
  closed(deadlineMs?: number): Promise<string>;
}

export async function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
  let text = "";
  socket.setEncoding("latin1").on("data", (piece) => {
    text += piece;
  });
  const end = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
  });
  // A reset is an end like any other.
  socket.on("error", () => {});
  await once(socket, "connect");
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    received: () => text,
    async closed(deadlineMs) {
      await within(`a connection that had received ${JSON.stringify(text.slice(0, 300))}`, end, deadlineMs);
      return text;
    },
  };
}

/** Writes a request and takes what comes until the connection ends. */
export async function exchange(url: string, bytes: string | Uint8Array): Promise<string> {
  const connection = await openConnection(url);
  connection.write(bytes);
  return connection.closed();
}

/** A request's text. `connection: close` first, so that its answer is the last. */
export function requestText(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): string {
  const all = {
    host: "localhost",
    connection: "close",
    ...(body === "" ? {} : { "content-length": `${Buffer.byteLength(body)}` }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** Reads answers one after the other, strictly. @throws Error telling what is no HTTP */
export function readAnswers(wire: string): WireAnswer[] {
  const answers: WireAnswer[] = [];
  let rest = wire;
  while (rest !== "") {
    const end = rest.indexOf("\r\n\r\n");
    const [statusLine = "", ...lines] = rest.slice(0, end).split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/.exec(statusLine)?.[1];
    if (end === -1 || status === undefined) throw new Error(`no answer's head: ${JSON.stringify(rest.slice(0, 300))}`);
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+): ?(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`no header: ${JSON.stringify(line)}`);
      headers[name.toLowerCase()] = value;
    }
    rest = rest.slice(end + 4);
    if (status.startsWith("1")) continue;
    const { body, after } = readBody(headers, rest);
    answers.push({ status: Number(status), headers, body: Buffer.from(body, "latin1").toString("utf8") });
    rest = after;
  }
  return answers;
}

function readBody(headers: Readonly<Record<string, string>>, text: string): { body: string; after: string } {
  const length = headers["content-length"];
  if (length !== undefined) {
    // The answer to HEAD tells a length and has no body; it is the last on its connection.
    if (text !== "" && text.length < Number(length)) throw new Error("a body is shorter than its content-length");
    return { body: text.slice(0, Number(length)), after: text.slice(Number(length)) };
  }
  if (headers["transfer-encoding"] !== "chunked") return { body: text, after: "" };
  let body = "";
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (lineEnd === -1 || Number.isNaN(size)) throw new Error("a chunked body does not end");
    const from = lineEnd + 2;
    if (size === 0) return { body, after: text.slice(from + 2) };
    body += text.slice(from, from + size);
    at = from + size + 2;
  }
}

/** One answer. @throws Error where there are more, or none */
export function readAnswer(wire: string): WireAnswer {
  const [answer, ...others] = readAnswers(wire);
  if (answer === undefined || others.length > 0)
    throw new Error(`not one answer: ${JSON.stringify(wire.slice(0, 300))}`);
  return answer;
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
