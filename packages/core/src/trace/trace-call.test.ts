import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-node";
import { describe, expect, it } from "vitest";
import { ask, createPair, createTestEngine, meeting, rejection } from "../testing/engine.js";
import { answerOf, createTestPool, documentOf, errorOf, streamOf, windowOf } from "../testing/pool.js";
import { traceCalls } from "../testing/trace-calls.js";
import { inIncomingTrace } from "./incoming-trace.js";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/** Pauses pass at once, limits of time never. */
const skipPauses = (ms: number, signal: AbortSignal): Promise<void> =>
  ms < 10_000 ? Promise.resolve() : new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
const hello = [{ role: "user", content: "Hello" }] as const;

describe("the span of a call", () => {
  it("has the conventions' name, kind and attributes, and ours beside them", async () => {
    const traced = traceCalls();
    const { laplas, sandbox, events } = await createPair();
    const answer = await laplas.chat(ask("Hello", { max_tokens: 900, temperature: 0.5, stop: "end", seed: 7 }));
    const [span] = traced.calls();
    const { port } = new URL(sandbox.baseURL);
    expect(traced.calls()).toHaveLength(1);
    expect(span).toMatchObject({
      name: "chat gpt-4o-mini",
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      ended: true,
    });
    expect(span?.attributes).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "laplas",
      "server.address": "127.0.0.1",
      "server.port": Number(port),
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.request.max_tokens": 512,
      "gen_ai.request.seed": 7,
      "gen_ai.request.temperature": 0.5,
      "gen_ai.request.stop_sequences": ["end"],
      "gen_ai.response.id": answer.id,
      "gen_ai.response.model": answer.model,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": answer.usage?.prompt_tokens,
      "gen_ai.usage.output_tokens": answer.usage?.completion_tokens,
      "laplas.usage_estimated": true,
      "laplas.provider": "laplas",
      "laplas.outcome": "answered",
      "laplas.request_id": answer.laplas.requestId,
      "laplas.wait_seconds": 0,
      "laplas.attempts": 1,
      "laplas.api_tokens": answer.laplas.apiTokens,
      "laplas.cost_estimated": false,
      "laplas.adjusted": answer.laplas.adjusted.map(({ to }) => to),
    });
    const { traceId } = span?.spanContext() ?? {};
    expect(events.find(({ type }) => type === "call")).toMatchObject({ traceId });
  });

  it("is the child of the caller's active span, and the parent of its request's, which an HTTP client's would be a child of", async () => {
    const traced = traceCalls();
    const seen: (string | undefined)[] = [];
    const { laplas } = createTestEngine("http://upstream.test/v1", {
      fetch: async () => {
        seen.push(trace.getActiveSpan()?.spanContext().spanId);
        return answerOf("Hi");
      },
    });
    await trace.getTracer("a test").startActiveSpan("outer", async (outer) => {
      await laplas.chat(ask("Hello"));
      outer.end();
    });
    const [request, call, outer] = traced.spans();
    expect([request, call, outer].map((span) => span?.name)).toEqual(["laplas.request", "chat gpt-4o-mini", "outer"]);
    expect(call?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(request?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
    expect(request).toMatchObject({ kind: SpanKind.INTERNAL });
    expect(request?.attributes).toEqual({
      "laplas.provider": "laplas",
      "laplas.attempt": 1,
      "http.response.status_code": 200,
    });
    expect(seen).toEqual([request?.spanContext().spanId]);
  });

  it("is the active one where the call does something, so that spans and lines of others belong to it", async () => {
    const traced = traceCalls();
    const active: unknown[] = [];
    const { laplas } = await createPair({ onEvent: () => active.push(trace.getActiveSpan()?.spanContext().spanId) });
    await laplas.chat(ask("Hello"));
    const [span] = traced.calls();
    expect(active.at(-1)).toBe(span?.spanContext().spanId);
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it("of a request that was refused before it was sent is an error by our code, and has no request", async () => {
    const traced = traceCalls();
    const { laplas } = await createPair();
    const error = await rejection(laplas.chat(ask("Hello", { model: "veo2" })));
    expect(traced.requests()).toEqual([]);
    expect(traced.calls()).toMatchObject([
      {
        name: "chat",
        status: { code: SpanStatusCode.ERROR, message: (error as Error).message },
        attributes: {
          "gen_ai.request.model": "veo2",
          "error.type": "model_not_on_tier",
          "laplas.outcome": "refused",
          "laplas.attempts": 0,
        },
      },
    ]);
  });

  it("keeps a name that a client made up out of its own, and short", async () => {
    const traced = traceCalls();
    const { laplas } = await createPair();
    await rejection(laplas.chat(ask("Hello", { model: "x".repeat(5_000) })));
    const [span] = traced.calls();
    expect(span?.name).toBe("chat");
    expect(span?.attributes["gen_ai.request.model"]).toBe("x".repeat(100));
  });

  it("covers all attempts, each a span of its own", async () => {
    const traced = traceCalls();
    const { laplas, sandbox } = await createPair({ maxRetries: 1, sleep: skipPauses });
    sandbox.fault({ kind: "serverError", status: 503 }, { times: 1 });
    await laplas.chat(ask("Hello"));
    expect(traced.calls()).toMatchObject([{ attributes: { "laplas.attempts": 2, "laplas.outcome": "answered" } }]);
    expect(traced.requests().map(({ attributes, status }) => [attributes, status.code])).toEqual([
      [
        {
          "laplas.provider": "laplas",
          "laplas.attempt": 1,
          "http.response.status_code": 503,
          "error.type": "unavailable",
        },
        SpanStatusCode.ERROR,
      ],
      [{ "laplas.provider": "laplas", "laplas.attempt": 2, "http.response.status_code": 201 }, SpanStatusCode.UNSET],
    ]);
  });

  it("of embeddings and of pictures has their own operations", async () => {
    const traced = traceCalls();
    const { laplas } = await createPair();
    const list = await laplas.embed({ model: "text-embedding-3-small", input: ["a", "b"], dimensions: 256 });
    await laplas.image({ model: "flux/schnell", prompt: "an owl" });
    const [embeddings, image] = traced.calls();
    expect(embeddings).toMatchObject({ name: "embeddings text-embedding-3-small" });
    expect(embeddings?.attributes).toMatchObject({
      "gen_ai.operation.name": "embeddings",
      "gen_ai.embeddings.dimension.count": 256,
      "gen_ai.response.model": list.model,
      "gen_ai.usage.input_tokens": list.usage?.prompt_tokens,
    });
    expect(embeddings?.attributes).not.toHaveProperty("gen_ai.response.finish_reasons");
    expect(image).toMatchObject({ name: "generate_content flux/schnell" });
    expect(image?.attributes).toMatchObject({ "gen_ai.output.type": "image", "laplas.outcome": "answered" });
  });
});

describe("the span of a stream", () => {
  const streamed = { stream: true } as const;

  it("ends with the stream, and knows when it began", async () => {
    const traced = traceCalls();
    const { laplas } = await createPair();
    const stream = laplas.chatStream(ask("Repeat the word: sea"));
    let id = "";
    for await (const chunk of stream) {
      id = chunk.id;
      if (chunk.choices.every(({ finish_reason: reason }) => reason === null)) expect(traced.calls()).toEqual([]);
    }
    const { apiTokens } = await stream.report;
    const [span] = traced.calls();
    expect(span?.attributes).toMatchObject({
      "gen_ai.request.stream": true,
      "gen_ai.response.id": id,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.time_to_first_chunk": expect.any(Number),
      "gen_ai.usage.output_tokens": expect.any(Number),
      "laplas.api_tokens": apiTokens,
    });
  });

  it("that its reader leaves ends, is no error, and says that the answer has no end", async () => {
    const traced = traceCalls();
    const { laplas } = await createPair();
    const stream = laplas.chatStream(ask("Tell me a long story"));
    for await (const _ of stream) break;
    await stream.report;
    const [span] = traced.calls();
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toMatchObject({ "laplas.outcome": "aborted" });
    expect(span?.attributes).not.toHaveProperty("error.type");
  });

  it("that breaks off is an error, of the call and of its request", async () => {
    const traced = traceCalls();
    const { engine } = createTestPool([documentOf("one", [windowOf(9)])], () => streamOf(["Hi", undefined]));
    const work = async (): Promise<void> => {
      for await (const _ of engine.chatStream({ model: "one-model", messages: hello }));
    };
    await rejection(work());
    const [request, call] = traced.spans();
    expect([request?.attributes["error.type"], call?.attributes["error.type"]]).toEqual(["network", "network"]);
    expect(call?.attributes["gen_ai.response.finish_reasons"]).toEqual(["error"]);
  });

  it("through fetch is one span too, with the answer's tokens though nobody asked for its usage", async () => {
    const traced = traceCalls();
    const { laplas } = await createPair();
    const init = { method: "POST", body: JSON.stringify({ ...ask("Hello"), ...streamed }) };
    await (await laplas.fetch("http://x/v1/chat/completions", init)).text();
    await expect.poll(() => traced.calls().length).toBe(1);
    expect(traced.calls()[0]?.attributes).toMatchObject({
      "gen_ai.usage.input_tokens": expect.any(Number),
      "gen_ai.response.finish_reasons": ["stop"],
    });
  });
});

describe("an abort", () => {
  it("ends the span of a whole answer at once, and the request's when the request is given up", async () => {
    const traced = traceCalls();
    const { laplas, sandbox } = await createPair();
    const running = meeting(sandbox, { kind: "silent" });
    const controller = new AbortController();
    const asked = rejection(laplas.chat(ask("Hello"), { signal: controller.signal }));
    await running;
    controller.abort();
    await asked;
    expect(traced.calls()).toMatchObject([
      { status: { code: SpanStatusCode.UNSET }, attributes: { "laplas.outcome": "aborted" } },
    ]);
    await laplas.close();
    await expect.poll(() => traced.requests().length).toBe(1);
  });
});

describe("of several providers", () => {
  it("the one that answers is named, by its host's well-known name, and each that was asked has its request", async () => {
    const traced = traceCalls();
    const documents = [
      documentOf("one", [windowOf(9)]),
      documentOf("two", [windowOf(9)], { baseURL: "https://api.mistral.ai/v1" }),
    ];
    const { engine } = createTestPool(documents, ({ provider }) =>
      provider === "one" ? errorOf(429, "quota exceeded for today") : answerOf("Hi"),
    );
    await engine.chat({ model: "auto", messages: hello });
    const [call] = traced.calls();
    expect(call?.attributes).toMatchObject({
      "gen_ai.provider.name": "mistral_ai",
      "server.address": "api.mistral.ai",
      "laplas.provider": "two",
      "gen_ai.request.model": "two-model",
      "laplas.asked_model": "auto",
      "laplas.attempts": 2,
    });
    expect(traced.requests().map(({ attributes }) => attributes)).toMatchObject([
      { "laplas.provider": "one", "error.type": "rate_limited", "http.response.status_code": 429 },
      { "laplas.provider": "two", "http.response.status_code": 200 },
    ]);
  });

  it("of a call that none could be asked for, the first is named", async () => {
    const traced = traceCalls();
    const { engine } = createTestPool([documentOf("one", []), documentOf("two", [])], () => answerOf("Hi"));
    await rejection(engine.chat({ model: "made-up", messages: hello }));
    expect(traced.calls()).toMatchObject([
      { attributes: { "gen_ai.provider.name": "one", "error.type": "model_not_on_tier" } },
    ]);
    expect(traced.calls()[0]?.attributes).not.toHaveProperty("server.address");
  });
});

describe("where the program traces otherwise, or not at all", () => {
  it("a call of a trace that is not sampled is made, and stays in it", async () => {
    const traced = traceCalls({ sampler: new AlwaysOffSampler() });
    const { laplas, events } = await createPair();
    const stream = laplas.chatStream(ask("Hello"));
    for await (const _ of stream);
    await stream.report;
    expect(traced.spans()).toEqual([]);
    expect(events.at(-1)).toMatchObject({
      type: "call",
      outcome: "answered",
      traceId: expect.stringMatching(/^[\da-f]{32}$/),
    });
  });

  it("nothing is traced without a registration, and a call has no trace", async () => {
    const { laplas, events } = await createPair();
    await laplas.chat(ask("Hello"));
    expect(events.find(({ type }) => type === "call")).not.toHaveProperty("traceId");
  });

  it("a request belongs to its call without a context manager as well", async () => {
    const traced = traceCalls({ hasContext: false });
    const { laplas } = await createPair();
    await laplas.chat(ask("Hello"));
    const [request, call] = traced.spans();
    expect(request?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
  });

  it("`off` makes no span", async () => {
    const traced = traceCalls();
    const { laplas } = await createPair({ tracing: "off" });
    await laplas.chat(ask("Hello"));
    expect(traced.spans()).toEqual([]);
  });
});

describe("the trace of a request that came in", () => {
  const headers = new Headers({ traceparent: TRACEPARENT });
  const traceIn = () => inIncomingTrace(headers, () => trace.getSpanContext(context.active())?.traceId);

  it("is that of its headers", () => {
    traceCalls();
    expect(traceIn()).toBe("0af7651916cd43dd8448eb211c80319c");
  });

  it("is the active span's where there is one: an instrumented server has read the headers", () => {
    traceCalls();
    trace.getTracer("a test").startActiveSpan("server", (span) => {
      expect(traceIn()).toBe(span.spanContext().traceId);
      span.end();
    });
  });

  it("is none without a propagator, and the work is done", () => {
    traceCalls();
    propagation.disable();
    expect(traceIn()).toBeUndefined();
  });
});

describe("what was asked and answered", () => {
  const SECRET = "zebra-7";

  it("stands in no span unless it is asked for", async () => {
    const traced = traceCalls();
    const { laplas } = await createPair();
    await laplas.chat(ask(`Repeat the word: ${SECRET}`));
    await rejection(laplas.chat(ask(`Repeat the word: ${SECRET}`, { model: "veo2" })));
    expect(JSON.stringify(traced.spans().map(({ attributes, status }) => ({ attributes, status })))).not.toContain(
      SECRET,
    );
  });

  it.each(["true", "SPAN_ONLY", "span_and_event"])("is asked for by the conventions' variable: %s", async (value) => {
    const traced = traceCalls();
    const environment = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value };
    const { laplas } = await createPair({ environment });
    await laplas.chat(ask(`Repeat the word: ${SECRET}`));
    const attributes = traced.calls()[0]?.attributes ?? {};
    expect(JSON.parse(String(attributes["gen_ai.input.messages"]))).toEqual([
      { role: "user", parts: [{ type: "text", content: `Repeat the word: ${SECRET}` }] },
    ]);
    expect(JSON.parse(String(attributes["gen_ai.output.messages"]))).toEqual([
      { role: "assistant", parts: [{ type: "text", content: SECRET }], finish_reason: "stop" },
    ]);
  });

  it.each([
    ["false", undefined],
    ["no_content", undefined],
    ["event_only", undefined],
    ["true", "calls" as const],
  ])("is not by %s, nor where the option says %s", async (value, tracing) => {
    const traced = traceCalls();
    const environment = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value };
    const { laplas } = await createPair({ environment, tracing });
    await laplas.chat(ask("Hello"));
    expect(Object.keys(traced.calls()[0]?.attributes ?? {})).not.toContain("gen_ai.input.messages");
  });

  it("of a stream is put together, tools and thoughts too", async () => {
    const traced = traceCalls();
    const delta = (more: object, finish: string | null = null) => ({ index: 0, delta: more, finish_reason: finish });
    const chunks = [
      { reasoning_content: "Hm" },
      { content: "I lo" },
      { content: "ok." },
      { tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "look", arguments: '{"at":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '"sea"}' } }] },
    ].map((more) => delta(more));
    const { laplas } = createTestEngine("http://upstream.test/v1", {
      tracing: "content",
      fetch: async () => {
        const events = [...chunks, delta({}, "tool_calls")].map((choice) => ({
          id: "1",
          model: "m",
          choices: [choice],
        }));
        const text = [...events.map((event) => JSON.stringify(event)), "[DONE]"].map((data) => `data: ${data}\n\n`);
        return new Response(text.join(""), { headers: { "content-type": "text/event-stream" } });
      },
    });
    const stream = laplas.chatStream({ model: "gpt-4o-mini", messages: hello });
    for await (const _ of stream);
    await stream.report;
    expect(JSON.parse(String(traced.calls()[0]?.attributes["gen_ai.output.messages"]))).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "reasoning", content: "Hm" },
          { type: "text", content: "I look." },
          { type: "tool_call", id: "c1", name: "look", arguments: { at: "sea" } },
        ],
        finish_reason: "tool_calls",
      },
    ]);
  });
});

it("an upstream gets no header of a trace: what a program's own HTTP instrumentation adds is the program's", async () => {
  traceCalls();
  let names: string[] = [];
  const { laplas } = createTestEngine("http://upstream.test/v1", {
    fetch: async (_, init) => {
      names = [...new Headers(init?.headers).keys()];
      return answerOf("Hi");
    },
  });
  await trace.getTracer("a test").startActiveSpan("outer", async (outer) => {
    await laplas.chat(ask("Hello"));
    outer.end();
  });
  expect(names).toContain("authorization");
  expect(names.filter((name) => /trace|baggage|b3/.test(name))).toEqual([]);
});
