import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLaplas } from "@laplas/core";
import { createSandbox, type Sandbox } from "@laplas/sandbox";
import { context, propagation, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openGateway } from "../gateway/open-gateway.ts";
import { runProgram } from "../readme-blocks.ts";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
let sandbox: Sandbox;

beforeAll(async () => {
  provider.register();
  sandbox = await createSandbox();
});
beforeEach(() => exporter.reset());
afterAll(async () => {
  trace.disable();
  context.disable();
  propagation.disable();
  await provider.shutdown();
  await sandbox.close();
});

function calls(): readonly ReadableSpan[] {
  return exporter.getFinishedSpans().filter(({ attributes }) => "gen_ai.operation.name" in attributes);
}

/** A trace's id and the header that says it. */
function incoming(digit: number) {
  const traceId = String(digit).repeat(32);
  const spanId = String(digit).repeat(16);
  return {
    traceId,
    spanId,
    headers: { traceparent: `00-${traceId}-${spanId}-01`, "content-type": "application/json" },
  };
}

describe("the gateway", () => {
  const open = () => openGateway({ engine: { baseURL: sandbox.baseURL } });

  it("goes on with the trace of each request, also of those that come at once and stream", async () => {
    const { baseURL, log } = await open();
    const traces = [1, 2, 3].map(incoming);
    const streamed = JSON.stringify({ ...JSON.parse(body), stream: true });
    await Promise.all(
      traces.map(async ({ headers }, index) => {
        const init = { method: "POST", headers, body: index === 1 ? streamed : body };
        await (await fetch(`${baseURL}/chat/completions`, init)).text();
      }),
    );
    await expect.poll(() => calls().length).toBe(3);
    const told = calls().map((span) => [span.spanContext().traceId, span.parentSpanContext?.spanId]);
    expect(told.toSorted()).toEqual(traces.map(({ traceId, spanId }) => [traceId, spanId]));
    // The line of a call says which trace is its.
    const lines = log.map((line) => JSON.parse(line) as { message: string; traceId?: string });
    const ofCalls = lines.filter(({ message }) => message === "call");
    expect(ofCalls.map(({ traceId }) => traceId).toSorted()).toEqual(traces.map(({ traceId }) => traceId));
  });

  it("begins a trace where none came, and takes a header that makes no sense for none", async () => {
    const { baseURL } = await open();
    for (const traceparent of ["", "00-zz-zz-01", "x".repeat(4_000)]) {
      const headers = { "content-type": "application/json", traceparent };
      expect((await fetch(`${baseURL}/chat/completions`, { method: "POST", headers, body })).status).toBe(200);
    }
    expect(calls().map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined, undefined, undefined]);
  });

  it("is one span at each protocol, and one whose client has gone ends", async () => {
    const { baseURL } = await open();
    const messages = { model: "gpt-4o-mini", max_tokens: 99, messages: [{ role: "user", content: "Hello" }] };
    const headers = { "content-type": "application/json" };
    const ask = (path: string, asked: object) =>
      fetch(`${baseURL}${path}`, { method: "POST", headers, body: JSON.stringify(asked) });
    await (await ask("/messages", messages)).text();
    await (await ask("/responses", { model: "gpt-4o-mini", input: "Hello" })).text();
    await (await ask("/messages", { ...messages, stream: true })).text();
    await expect.poll(() => calls().map(({ name }) => name)).toEqual(Array(3).fill("chat gpt-4o-mini"));
    exporter.reset();
    const running = Promise.withResolvers<void>();
    const when = (): boolean => {
      running.resolve();
      return true;
    };
    sandbox.fault({ kind: "silent" }, { when });
    const controller = new AbortController();
    const streamed = { method: "POST", headers, body: JSON.stringify({ ...messages, stream: true }) };
    const asked = fetch(`${baseURL}/messages`, { ...streamed, signal: controller.signal }).then((answer) =>
      answer.text(),
    );
    await running.promise;
    controller.abort();
    await asked.catch(() => undefined);

    await expect.poll(() => calls().map(({ attributes }) => attributes["laplas.outcome"])).toEqual(["aborted"]);
  });
});

describe("in a program", () => {
  it("a call, and one through fetch, belong to the caller's span", async () => {
    const laplas = createLaplas({ apiKey: "k", baseURL: sandbox.baseURL, ledger: "memory" });
    onTestFinished(() => laplas.close());
    const outer = await trace.getTracer("a test").startActiveSpan("outer", async (span) => {
      await laplas.chat(JSON.parse(body) as Parameters<typeof laplas.chat>[0]);
      await (await laplas.fetch("http://any/v1/chat/completions", { method: "POST", body })).text();
      span.end();
      return span.spanContext().spanId;
    });
    expect(calls().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([outer, outer]);
  });
});

/** What LangSmith's own client sends is collected here: runs by their ids. */
async function startLangSmith() {
  const runs = new Map<string, { name: string; run_type: string }>();
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += String(piece);
    if (request.method === "POST" && request.url?.endsWith("/runs/batch")) {
      const { post = [] } = JSON.parse(text) as { post?: { id: string; name: string; run_type: string }[] };
      for (const { id, name, run_type } of post) runs.set(id, { name, run_type });
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ version: "0.12.0", batch_ingest_config: { use_multipart_endpoint: false } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { runs, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const UNDER_LANGSMITH = `
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { ChatLaplas } from "@laplas/langchain";
const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
const model = new ChatLaplas("gpt-4o-mini");
await model.invoke("Hello");
for await (const _ of await model.stream("Hello")) continue;
await awaitAllCallbacks();
console.log(JSON.stringify(exporter.getFinishedSpans().map(({ name }) => name)));
`;

it("ChatLaplas under LangSmith is one run and one span for each call", async () => {
  const { runs, url } = await startLangSmith();
  const { stdout } = await runProgram(UNDER_LANGSMITH, {
    LANGSMITH_TRACING: "true",
    LANGSMITH_API_KEY: "a-key-of-langsmith",
    LANGSMITH_ENDPOINT: url,
  });
  await expect.poll(() => runs.size).toBe(2);
  expect([...runs.values()]).toEqual(Array(2).fill({ name: "ChatLaplas", run_type: "llm" }));
  const names = JSON.parse(stdout) as string[];
  expect(names.filter((name) => name !== "laplas.request")).toEqual(Array(2).fill("chat gpt-4o-mini"));
  expect(names.filter((name) => name === "laplas.request")).toHaveLength(2);
});
