/* Agents over every family of models: tools, structured answers, middleware that reads the profile, and pictures. */
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { type AgentMiddleware, createAgent, summarizationMiddleware, toolStrategy } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { LaplasImageTool } from "../index.js";
import { openWorld } from "../testing/open-world.js";

const MODELS = [
  "gpt-4o-mini",
  "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo",
  "MiniMax-Text-01",
  "gemini-1.5-flash",
  "claude-3-5-haiku-latest",
];

const weather = tool(async ({ city }) => `It is sunny in ${city}.`, {
  name: "get_weather",
  description: "Current weather of a city",
  schema: z.object({ city: z.string().describe("Name of the city") }),
});
const question = { messages: "What is the weather in Paris?" };

describe.each(MODELS)("an agent with %s", (model) => {
  it("calls a tool and answers from its result", async () => {
    const { chat, sandbox } = await openWorld();
    const { messages } = await createAgent({
      model: chat({ model }),
      tools: [weather],
      systemPrompt: "Be brief.",
    }).invoke(question);
    expect(messages.map((message) => message.type)).toEqual(["human", "ai", "tool", "ai"]);
    expect(messages.at(-1)?.text).toContain("sunny");
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("does the same streamed", async () => {
    const { chat, sandbox } = await openWorld();
    const agent = createAgent({ model: chat({ model }), tools: [weather] });
    let text = "";
    for await (const [message] of await agent.stream(question, { streamMode: "messages" })) {
      if (AIMessage.isInstance(message)) text += message.text;
    }
    expect(text).toContain("sunny");
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("answers in a shape", async () => {
    const { chat, sandbox } = await openWorld();
    const responseFormat = toolStrategy(z.object({ name: z.string(), age: z.number() }));
    const agent = createAgent({ model: chat({ model }), tools: [], responseFormat });
    const { structuredResponse } = await agent.invoke({ messages: "name: Ada, age: 36" });
    expect(structuredResponse).toEqual({ name: "Ada", age: 36 });
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("draws with a tool and gives the picture to the program alone", async () => {
    const { chat, engine, sandbox } = await openWorld();
    const drawing = new LaplasImageTool("dall-e-2", { engine, responseFormat: "b64_json" });
    const { messages } = await createAgent({ model: chat({ model }), tools: [drawing] }).invoke({
      messages: "Draw a picture of a red fox.",
    });
    const [picture] = messages.flatMap((message) => (ToolMessage.isInstance(message) ? message.artifact : []));
    expect(picture).toMatchObject({ type: "image", mimeType: "image/png" });
    expect(JSON.stringify(sandbox.requests.map(({ body }) => body))).not.toContain(String(picture.data).slice(0, 40));
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });
});

describe("summarizationMiddleware", () => {
  /** Twelve turns of some 6,000 tokens. */
  const history = Array.from({ length: 6 }, (_, turn) => [
    new HumanMessage(`Remember number ${turn}: ${"lighthouse ".repeat(1_000)}`),
    new AIMessage(`Number ${turn} is noted.`),
  ]).flat();
  const messages = [...history, new HumanMessage("Repeat the word: sea")];

  /** At three tenths of the model's own context, from its profile. */
  const summarize = (model: unknown) =>
    summarizationMiddleware({
      model: model as never,
      trigger: { fraction: 0.3 },
      keep: { messages: 2 },
    }) as unknown as AgentMiddleware;

  it("sums up what nears the context of the model", async () => {
    const { chat, sandbox } = await openWorld();
    const model = chat({ model: "gpt-3.5-turbo" });
    expect(model.profile.maxInputTokens).toBe(16_000);
    const agent = createAgent({ model, tools: [], middleware: [summarize(model)] });
    const state = await agent.invoke({ messages });
    expect(state.messages.at(-1)?.text).toContain("sea");
    expect(state.messages.length).toBeLessThan(messages.length);
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("leaves alone what another model holds with ease", async () => {
    const { chat, sandbox } = await openWorld();
    const model = chat({ model: "gpt-4o-mini" });
    const agent = createAgent({ model, tools: [], middleware: [summarize(model)] });
    const state = await agent.invoke({ messages });
    expect(state.messages).toHaveLength(messages.length + 1);
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });
});
