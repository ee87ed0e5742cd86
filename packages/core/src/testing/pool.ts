import { onTestFinished } from "vitest";
import { createEngine } from "../create-engine.js";
import type { Engine } from "../engine.js";
import type { LaplasEvent } from "../events.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { EngineOptions } from "../options.js";
import type { ProviderDocument } from "../provider/provider.js";
import type { TierDocument } from "../tier/tier.js";

const EVIDENCE = { source: "a test", date: "2026-11-01", status: "assumed" } as const;

type RuleInput = TierDocument["rules"][number];

/** A window of a test's provider, on all its models together. */
export function windowOf(limit: number, type: "minute" | "day" = "day", more: object = {}): RuleInput {
  const rule = { id: `${type}_requests`, kind: "window", meter: "requests", limit, period: { type }, marginMs: 0 };
  return { ...rule, evidence: EVIDENCE, ...more } as unknown as RuleInput;
}

/** Any other rule of one. */
export function ruleOf(rule: object): RuleInput {
  return { evidence: EVIDENCE, ...rule } as unknown as RuleInput;
}

/** A provider of a test. */
export function documentOf(
  id: string,
  rules: readonly RuleInput[],
  more: Partial<ProviderDocument> = {},
): ProviderDocument {
  return {
    id,
    title: `Provider ${id}`,
    baseURL: `https://${id}.test/v1`,
    models: [{ id: `${id}-model`, modality: "chat" }],
    tiers: [{ name: "free", title: `${id}'s free tier`, rules: rules as TierDocument["rules"] }],
    ...more,
  };
}

/** What an upstream of a test heard. */
export interface HeardRequest {
  readonly provider: string;
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;
}

export type AnswerRequest = (request: HeardRequest) => Response | Promise<Response>;

export interface TestPool {
  readonly engine: Engine;
  readonly heard: readonly HeardRequest[];
  readonly events: readonly LaplasEvent[];
  /** Names of the providers that were asked, in order. */
  asked(): string[];
}

/** An engine of several providers whose upstreams answer in this process, on a clock of the test's own if it has one. */
export function createTestPool(
  documents: readonly ProviderDocument[],
  answer: AnswerRequest,
  options: Partial<EngineOptions> = {},
): TestPool {
  const heard: HeardRequest[] = [];
  const events: LaplasEvent[] = [];
  const upstream = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const body = JSON.parse((await request.text()) || "{}") as Record<string, unknown>;
    const provider = new URL(request.url).hostname.split(".")[0] ?? "";
    const one = {
      provider,
      model: String(body.model),
      body,
      headers: request.headers,
      signal: init?.signal ?? undefined,
    };
    heard.push(one);
    return answer(one);
  };
  const engine = createEngine({
    providers: documents.map((document) => ({ document })),
    ledger: createMemoryStore({ now: options.now ?? Date.now }),
    maxRetries: 0,
    fetch: upstream as typeof fetch,
    onEvent: (event) => events.push(event),
    environment: {},
    ...options,
  });
  onTestFinished(() => engine.close());
  return { engine, heard, events, asked: () => heard.map(({ provider }) => provider) };
}

/** A whole chat answer. */
export function answerOf(content: string, more: object = {}): Response {
  const message = { role: "assistant", content, ...more };
  const finish = "tool_calls" in more ? "tool_calls" : "stop";
  return Response.json({
    id: "1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message, finish_reason: finish }],
    usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
  });
}

/** A streamed one, its pieces as they are; `undefined` breaks it. */
export function streamOf(pieces: readonly (string | undefined)[]): Response {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const encoder = new TextEncoder();
  const left = pieces.values();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value: piece, done } = left.next();
      if (done === true) {
        controller.enqueue(encoder.encode(`${chunk({}, "stop")}data: [DONE]\n\n`));
        controller.close();
      } else if (piece === undefined) controller.error(new TypeError("terminated"));
      else controller.enqueue(encoder.encode(chunk({ role: "assistant", content: piece })));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** An error in OpenAI's shape. */
export function errorOf(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { message, type: "error", code: null } }, { status, headers });
}
