import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createEngine,
  type Engine,
  isLaplasError,
  type ModelEntryInput,
  type ProviderDocument,
  type TierDocument,
} from "@laplas/core";
import { onTestFinished } from "vitest";

/** What a server answers to one request. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, or as JSON. */
  readonly body: string | object;
}

/** A request for an answer, as it came. */
export interface SentRequest {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A provider's document on an engine, before a server that answers as a test says. */
export interface RefusingProvider {
  readonly engine: Engine;
  /** Requests for answers, in order. */
  readonly sent: readonly SentRequest[];
  /** Answers of the next requests; what has none is answered. */
  readonly next: ScriptedAnswer[];
  /** Paths that were asked for what is left, and what the server says of it. */
  readonly questions: readonly string[];
  readonly usage: { answer: ScriptedAnswer };
  /** The engine's clock, epoch milliseconds. */
  readonly clock: { now: number };
  /** How a chat ended: with `answered`, or with what its error says. */
  ask(model: string, more?: AskOptions): Promise<Ending>;
}

export interface AskOptions {
  readonly content?: string;
  readonly max_tokens?: number;
}

export type Ending =
  | "answered"
  | { readonly code: string; readonly rule: string | undefined; readonly opensAt: number | undefined };

/** Noon in Greenwich, four in the morning in Los Angeles. */
export const NOON: number = Date.parse("2026-11-29T12:00:00.000Z");

export interface RefusingOptions {
  readonly tier?: string | TierDocument;
  readonly models?: readonly ModelEntryInput[];
  readonly unknownModels?: "refuse" | "send";
}

/** Starts the server and the engine, closed with the test. */
export async function openRefusing(
  document: ProviderDocument,
  models: readonly (string | object)[],
  { unknownModels = "refuse", ...settings }: RefusingOptions = {},
): Promise<RefusingProvider> {
  const sent: SentRequest[] = [];
  const questions: string[] = [];
  const next: ScriptedAnswer[] = [];
  const usage: { answer: ScriptedAnswer } = { answer: NOT_FOUND };
  const clock = { now: NOON };
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
    request.on("end", () => {
      const reply = ({ status, headers = {}, body }: ScriptedAnswer): void => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      };
      if (request.method === "GET" && request.url === "/v1/models") {
        const data = models.map((model) => (typeof model === "string" ? { id: model } : model));
        return reply({ status: 200, body: { data } });
      }
      if (request.method === "GET") {
        questions.push(request.url ?? "");
        return reply(usage.answer);
      }
      sent.push({ path: request.url ?? "", body: JSON.parse(text) });
      return reply(next.shift() ?? answerWith());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const apiKey = document.keyVariable === undefined ? {} : { apiKey: "key-of-the-test" };
  const engine = createEngine({
    providers: [{ document, baseURL, ...apiKey, ...settings }],
    unknownModels,
    ledger: "memory",
    maxRetries: 0,
    patienceMs: 0,
    now: () => clock.now,
  });
  onTestFinished(async () => {
    await engine.close();
    server.close();
    server.closeAllConnections();
  });
  const ask: RefusingProvider["ask"] = async (model, { content = "Hello", ...more } = {}) => {
    try {
      await engine.chat({ model, messages: [{ role: "user", content }], ...more });
      return "answered";
    } catch (error) {
      if (!isLaplasError(error)) throw error;
      const { code, rule, resetsAt, retryAfterMs } = error;
      const opensAt = resetsAt?.getTime() ?? (retryAfterMs === undefined ? undefined : clock.now + retryAfterMs);
      return { code, rule, opensAt };
    }
  };
  return { engine, sent, next, questions, usage, clock, ask };
}

const NOT_FOUND: ScriptedAnswer = { status: 404, body: { error: { message: "not found" } } };

/** An answer in OpenAI's shape, with a usage of 20 tokens. */
export function answerWith(headers: Readonly<Record<string, string>> = {}): ScriptedAnswer {
  const choices = [{ index: 0, message: { role: "assistant", content: "Hello there" }, finish_reason: "stop" }];
  const usage = { prompt_tokens: 9, completion_tokens: 11, total_tokens: 20 };
  const body = { id: "c1", object: "chat.completion", created: 1, model: "m", choices, usage };
  return { status: 200, headers, body };
}
