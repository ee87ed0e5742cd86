import { AIMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { isRetryable } from "@laplas/core";
import {
  type AgentMiddleware,
  createAgent,
  modelFallbackMiddleware,
  modelRetryMiddleware,
  toolStrategy,
} from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { FATAL } from "../testing/fatal-calls.js";
import { openWorld, rejection } from "../testing/open-world.js";

/** LangChain's own middleware does not fit its own types in programs checked with exactOptionalPropertyTypes (1.5.14). */
const retries = (options: Parameters<typeof modelRetryMiddleware>[0] = {}): AgentMiddleware =>
  modelRetryMiddleware({ onFailure: "error", ...options }) as unknown as AgentMiddleware;

describe("an agent", () => {
  const weather = tool(async ({ city }) => `It is sunny in ${city}.`, {
    name: "get_weather",
    description: "Current weather of a city",
    schema: z.object({ city: z.string().describe("Name of the city") }),
  });

  it("calls a tool and answers from its result", async () => {
    const { chat, sandbox } = await openWorld();
    const agent = createAgent({ model: chat(), tools: [weather] });
    const { messages } = await agent.invoke({ messages: "What is the weather in Paris?" });
    expect(messages.map((message) => message.type)).toEqual(["human", "ai", "tool", "ai"]);
    expect(messages.at(-1)?.text).toContain("sunny");
    expect(sandbox.counts().refused).toBe(0);
  });

  it("streams messages under one id each", async () => {
    const { chat } = await openWorld();
    const agent = createAgent({ model: chat(), tools: [weather] });
    const ids = new Set<string | undefined>();
    const input = { messages: "What is the weather in Paris?" };
    for await (const [message] of await agent.stream(input, { streamMode: "messages" })) {
      if (message.type === "ai") ids.add(message.id);
    }
    expect(ids.size).toBe(2);
  });

  it.each(["gpt-4o-mini", "claude-3-5-sonnet-latest", "gemini-1.5-pro", "gemini-2.0-flash"])(
    "answers in a shape, by a tool or by the format of the answer: %s",
    async (model) => {
      const { chat, sandbox } = await openWorld();
      const person = z.object({ name: z.string(), age: z.number() });
      for (const responseFormat of [toolStrategy(person), person as never]) {
        const agent = createAgent({ model: chat({ model }), tools: [], responseFormat });
        const { structuredResponse } = await agent.invoke({ messages: "name: Ada, age: 36" });
        expect(structuredResponse).toEqual({ name: "Ada", age: 36 });
      }
      expect(sandbox.counts().refused).toBe(0);
    },
  );

  it("leaves retries to modelRetryMiddleware, which turns the engine's retries off", async () => {
    const { chat, sandbox, calls } = await openWorld();
    sandbox.fault({ kind: "serverError" });
    const agent = createAgent({ model: chat(), tools: [], middleware: [retries({ initialDelayMs: 10 })] });
    const { messages } = await agent.invoke({ messages: "Hello" });
    expect(messages.at(-1)?.text).not.toBe("");
    expect(calls.map((call) => call.outcome)).toEqual(["failed", "answered"]);
  });
});

describe.each(FATAL)("a fatal $code in an agent", ({ code, open }) => {
  it("is one attempt under modelRetryMiddleware", async () => {
    const { world, model, input } = await open();
    const agent = createAgent({ model, tools: [], middleware: [retries()] });
    const error = await rejection(agent.invoke({ messages: input as string }));
    expect(world.calls.map((call) => call.code)).toEqual([code]);
    expect(isRetryable(error)).toBe(false);
  });

  it("reaches the fallback in the documented order", async () => {
    const { world, model, input } = await open();
    const spare = await openWorld({ rules: { imageAttachments: true } }, { tier: "paid" });
    const agent = createAgent({
      model,
      tools: [],
      middleware: [modelFallbackMiddleware(spare.chat()), retries()],
    });
    const { messages } = await agent.invoke({ messages: input as string });
    expect(messages.at(-1)).toBeInstanceOf(AIMessage);
    expect(messages.at(-1)?.text).not.toBe("");
    expect(world.calls).toHaveLength(1);
    expect(spare.calls).toMatchObject([{ outcome: "answered" }]);
  });
});
