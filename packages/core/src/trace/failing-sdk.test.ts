import { context, propagation, type TextMapPropagator, trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { expect, it, onTestFinished } from "vitest";
import { ask, createTestEngine } from "../testing/engine.js";
import { answerOf, streamOf } from "../testing/pool.js";
import { inIncomingTrace } from "./incoming-trace.js";

const fail = (): never => {
  throw new Error("a fault of the program's own");
};

/** Registers an SDK with a part that throws, for as long as the test lasts. */
function register(processor: { onStart?: () => void; onEnd?: () => void }, propagator?: TextMapPropagator): void {
  const whole = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {}, ...processor };
  new NodeTracerProvider({ spanProcessors: [whole] }).register(propagator === undefined ? {} : { propagator });
  onTestFinished(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });
}

it.each([
  ["begin", { onStart: fail }],
  ["end", { onEnd: fail }],
])("a call is answered, and told once, though no span can %s", async (_, processor) => {
  register(processor);
  const events: string[] = [];
  const { laplas } = createTestEngine("http://upstream.test/v1", {
    fetch: async (_url, init) => (String(init?.body).includes('"stream":true') ? streamOf(["Hi"]) : answerOf("Hi")),
    onEvent: ({ type }) => events.push(type),
  });
  expect((await laplas.chat(ask("Hello"))).choices[0]?.message.content).toBe("Hi");
  const pieces: unknown[] = [];
  for await (const { choices } of laplas.chatStream(ask("Hello"))) pieces.push(choices[0]?.delta.content);
  expect(pieces.join("")).toBe("Hi");
  // An end that throws where nobody waits for it would end the process, and fail this run.
  expect(events.filter((type) => type === "call" || type === "request")).toEqual([
    "request",
    "call",
    "request",
    "call",
  ]);
});

it("a request whose headers can't be read is answered", () => {
  register({}, { extract: fail, inject() {}, fields: () => [] });
  expect(inIncomingTrace(new Headers({ traceparent: "odd" }), () => "answered")).toBe("answered");
});
