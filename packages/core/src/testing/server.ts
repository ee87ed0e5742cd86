import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A server on loopback that does what a test says, for answers no upstream should give. Closed with the test. */
export async function serve(
  handle: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    response.on("error", () => {});
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      body += piece;
    });
    request.on("end", () => handle(request, response, body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** A port that nobody listens on. */
export async function refusedURL(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}/v1`;
}

/** An error in the provider's own shape. */
export function errorBody(statusCode: number, message: string): string {
  return JSON.stringify({
    message,
    path: "/v1/x",
    requestId: "r-1",
    statusCode,
    timestamp: "2026-03-10T12:00:00.000Z",
  });
}

/** Server-sent events as one text. */
export function eventStream(...events: (object | string)[]): string {
  return events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
}

/** One chunk of a streamed chat answer. */
export function chunk(content: string, finishReason: string | null = null): object {
  const choices = [{ index: 0, delta: { content }, finish_reason: finishReason }];
  return { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices };
}
