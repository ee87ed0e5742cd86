import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { portOf } from "./sockets.ts";

/** An upstream that does what a test says, for what no sandbox would do. */
export interface Upstream {
  readonly baseURL: string;
  /** Requests whose answer has not ended and whose client has not left. */
  readonly running: number;
  /** Requests that have come. */
  readonly received: number;
}

/** The request's last user message. */
export type Behave = (prompt: string, response: ServerResponse, request: IncomingMessage) => void;

/** Opens an upstream; closed with the test. */
export async function openUpstream(behave: Behave): Promise<Upstream> {
  let running = 0;
  let received = 0;
  const server = createServer((request, response) => {
    received += 1;
    running += 1;
    response.on("error", () => {});
    response.once("close", () => {
      running -= 1;
    });
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      body += piece;
    });
    request.on("end", () => {
      const { messages = [] } = JSON.parse(body) as { messages?: { content: string }[] };
      behave(messages.at(-1)?.content ?? "", response, request);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    baseURL: `http://127.0.0.1:${portOf(server.address())}/v1`,
    get running() {
      return running;
    },
    get received() {
      return received;
    },
  };
}

/** One event of a streamed answer. */
export function chunkEvent(content: string, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
}

/** A whole answer. */
export function answerBody(content: string): string {
  const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
  const usage = { prompt_tokens: 8, completion_tokens: 8, total_tokens: 16 };
  return JSON.stringify({ id: "c1", object: "chat.completion", created: 1, model: "m", choices, usage });
}
