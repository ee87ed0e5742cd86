import { createAnthropic } from "@ai-sdk/anthropic";
import Anthropic from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { ChatAnthropic } from "@langchain/anthropic";
import { getRetryable } from "@langchain/core/errors";
import { tool as langchainTool } from "@langchain/core/tools";
import { APICallError, generateText, isStepCount, Output, streamText, tool } from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { obeysLimits } from "./limits.ts";
import { messageObject, readMessageEvents } from "./message-schemas.ts";
import { collect, DOORS, type Door, dayOf, openDoor, rejection } from "./open-gateway.ts";

/** Anthropic's own client takes the address without its version. */
function clientOf(door: Door, options: { apiKey?: string; maxRetries?: number } = {}): Anthropic {
  return new Anthropic({
    baseURL: door.baseURL.replace(/\/v1$/, ""),
    apiKey: "unused",
    ...(door.fetch === undefined ? {} : { fetch: door.fetch }),
    ...options,
  });
}

const MODEL = "gpt-4o-mini";
const hello = { model: MODEL, max_tokens: 100, messages: [{ role: "user" as const, content: "Hello" }] };
const WEATHER = "What is the weather in Lisbon?";
const CITY = z.object({ city: z.string() });
const weather = {
  name: "weather",
  description: "Current weather of a city",
  input_schema: { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] },
};

describe.each(DOORS)("@anthropic-ai/sdk at the %s", (doorName) => {
  it("answers, with the request's id", async () => {
    const door = await openDoor(doorName);
    const message = await clientOf(door).messages.create(hello);
    expect(message).toMatchObject({
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: expect.stringContaining("Hello there!") }],
      stop_reason: "end_turn",
      usage: { input_tokens: 8, output_tokens: 10 },
    });
    expect(message._request_id).toBe(door.visits[0]?.headers.get("request-id"));
    expect(door.visits).toMatchObject([{ path: "/v1/messages", status: 200 }]);
    expect(door.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });

  it("streams by its helper, which puts the message together", async () => {
    const door = await openDoor(doorName);
    const content = "Write 60 words about the sea";
    const stream = clientOf(door).messages.stream({ ...hello, max_tokens: 500, messages: [{ role: "user", content }] });
    const deltas: string[] = [];
    stream.on("text", (delta) => void deltas.push(delta));
    const message = await stream.finalMessage();
    expect(deltas.length).toBeGreaterThan(10);
    expect(message.content).toEqual([expect.objectContaining({ type: "text", text: deltas.join("") })]);
    expect(message.stop_reason).toBe("end_turn");
    const { input_tokens: input, output_tokens: output } = message.usage;
    expect(Math.round(input * 0.315) + Math.round(output * 1.26)).toBe(door.sandbox.used());
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("streams events in Anthropic's order", async () => {
    const door = await openDoor(doorName);
    const events = await collect(await clientOf(door).messages.create({ ...hello, stream: true }));
    const types = events.map(({ type }) => type).filter((type) => type !== "content_block_delta");
    expect(types).toEqual([
      "message_start",
      "content_block_start",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  it.each([MODEL, "claude-3-5-sonnet-latest", "gemini-1.5-pro"])("calls tools of %s in a loop", async (model) => {
    const door = await openDoor(doorName);
    const client = clientOf(door);
    const ask = { model, max_tokens: 200, tools: [weather] };
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: WEATHER }];
    const first = await client.messages.create({ ...ask, messages });
    expect(first.stop_reason).toBe("tool_use");
    const use = first.content.find((block) => block.type === "tool_use");
    expect(use).toMatchObject({ name: "weather", input: { city: "Lisbon" } });
    messages.push({ role: "assistant", content: first.content });
    const content = [{ type: "text" as const, text: "It is 18 degrees and sunny in Lisbon." }];
    messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: use?.id ?? "", content }] });
    const stream = client.messages.stream({ ...ask, messages });
    expect(await stream.finalText()).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("calls a tool in a stream, its arguments in pieces", async () => {
    const door = await openDoor(doorName);
    const client = clientOf(door);
    const stream = client.messages.stream({
      ...hello,
      messages: [{ role: "user", content: WEATHER }],
      tools: [weather],
    });
    const parts: string[] = [];
    stream.on("inputJson", (part) => void parts.push(part));
    const message = await stream.finalMessage();
    expect(message).toMatchObject({
      stop_reason: "tool_use",
      content: [{ type: "tool_use", input: { city: "Lisbon" } }],
    });
    expect(JSON.parse(parts.join(""))).toEqual({ city: "Lisbon" });
  });

  it("gets thoughts where it asks for them, and none else", async () => {
    const door = await openDoor(doorName);
    const client = clientOf(door);
    const ask = {
      ...hello,
      model: "Qwen/QwQ-32B",
      max_tokens: 500,
      messages: [{ role: "user" as const, content: "What is 6 * 7?" }],
    };
    const thinking = { type: "enabled", budget_tokens: 1_024 } as const;
    const whole = await client.messages.create({ ...ask, thinking });
    expect(whole.content).toMatchObject([
      { type: "thinking", thinking: expect.stringMatching(/^Okay/), signature: "" },
      { type: "text", text: "6 * 7 is 42." },
    ]);
    const streamed = await client.messages.stream({ ...ask, thinking: { type: "adaptive" } }).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    const plain = await client.messages.create(ask);
    expect(plain.content).toMatchObject([{ type: "text", text: "6 * 7 is 42." }]);
    // And takes them back.
    const next = [
      ...ask.messages,
      { role: "assistant" as const, content: whole.content },
      { role: "user" as const, content: "Hello" },
    ];
    expect((await client.messages.create({ ...ask, thinking, messages: next })).stop_reason).toBe("end_turn");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("drops a budget for thinking that does not fit under the tier's limit, and says so", async () => {
    const door = await openDoor(doorName);
    const thinking = { type: "enabled", budget_tokens: 2_000 } as const;
    const ask = { ...hello, model: "claude-3-5-sonnet-latest", max_tokens: 4_000, thinking };
    expect((await clientOf(door).messages.create(ask)).stop_reason).toBe("end_turn");
    expect(door.visits[0]?.headers.get("x-laplas-adjusted")).toMatch(/thinking=removed/);
  });

  it("ends an answer that the limit cuts by max_tokens", async () => {
    const door = await openDoor(doorName);
    const messages = [{ role: "user" as const, content: "Write 60 words about the sea" }];
    const message = await clientOf(door).messages.create({ ...hello, messages, max_tokens: 16 });
    expect(message.stop_reason).toBe("max_tokens");
  });

  it("gets structured output by a schema", async () => {
    const door = await openDoor(doorName);
    const schema = {
      type: "object",
      properties: { name: { type: "string" }, inhabitants: { type: "integer" } },
      required: ["name", "inhabitants"],
      additionalProperties: false,
    };
    for (const model of [MODEL, "claude-3-5-sonnet-latest"]) {
      const message = await clientOf(door).messages.create({
        ...hello,
        model,
        messages: [{ role: "user", content: "Reykjavik, a city in Iceland, has 140,000 inhabitants." }],
        output_config: { format: { type: "json_schema", schema } },
      });
      const [block] = message.content;
      expect(JSON.parse(block?.type === "text" ? block.text : "")).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
      expect(message.stop_reason).toBe("end_turn");
    }
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("counts tokens without a call", async () => {
    const door = await openDoor(doorName);
    const { input_tokens: count } = await clientOf(door).messages.countTokens({
      model: MODEL,
      messages: [{ role: "user", content: WEATHER }],
      tools: [weather],
    });
    expect(count).toBeGreaterThan(20);
    expect(door.sandbox.counts().received).toBe(0);
  });

  it("lists the models page by page, and finds one", async () => {
    const door = await openDoor(doorName);
    const client = clientOf(door);
    const all = await collect(client.models.list({ limit: 20 }));
    expect(all.length).toBeGreaterThan(40);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(door.visits.length).toBe(Math.ceil(all.length / 20));
    expect(await client.models.retrieve(MODEL)).toMatchObject({ id: MODEL, type: "model" });
    expect(await rejection(client.models.retrieve("nope"))).toBeInstanceOf(Anthropic.NotFoundError);
  });

  it("throws what breaks a stream, and takes no cut answer for a whole one", async () => {
    const door = await openDoor(doorName);
    door.sandbox.fault({ kind: "cut", afterChunks: 3 });
    const stream = clientOf(door).messages.stream({
      ...hello,
      messages: [{ role: "user", content: "Write 60 words about the sea" }],
    });
    const thrown = await rejection(stream.finalMessage());
    expect(thrown).toBeInstanceOf(Anthropic.AnthropicError);
    expect(String(thrown)).toMatch(/overloaded_error/);
  });

  it("runs tools in its own loop, which asks for a thread and goes on without", async () => {
    const door = await openDoor(doorName);
    const run = async ({ city }: { city: string }) => `It is 18 degrees and sunny in ${city}.`;
    const own = betaZodTool({ name: "weather", description: weather.description, inputSchema: CITY, run });
    const runner = clientOf(door).beta.messages.toolRunner({
      ...hello,
      messages: [{ role: "user", content: WEATHER }],
      tools: [own],
    });
    expect((await runner.runUntilDone()).content).toMatchObject([
      { type: "text", text: expect.stringContaining("18 degrees and sunny in Lisbon") },
    ]);
    expect(door.statuses()).toEqual([200, 404, 200]);
    expect(door.sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it("holds a conversation as a thread, each turn sent whole", async () => {
    const door = await openDoor(doorName);
    const thread = clientOf(door).beta.messages.thread({ model: MODEL, max_tokens: 100 });
    for (const content of ["Hello", "What is 6 * 7?", "Hello again"]) await thread.send({ role: "user", content });
    expect(thread.messages).toHaveLength(6);
    expect(door.statuses()).toEqual([200, 404, 200, 404, 200]);
    expect(JSON.stringify(door.sandbox.requests[2])).toMatch(/Hello there!.*6 \* 7.*Hello again/);
    expect(door.sandbox.counts()).toMatchObject({ received: 3, refused: 0 });
  });

  it("uses Claude Code's beta endpoint", async () => {
    const door = await openDoor(doorName);
    const message = await clientOf(door).beta.messages.create({ ...hello, betas: ["context-management-2025-06-27"] });
    expect(message.content[0]).toMatchObject({ type: "text" });
  });
});

/** One of each family. */
const MODELS = [
  MODEL,
  "claude-3-5-sonnet-latest",
  "gemini-1.5-pro",
  "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  "MiniMax-Text-01",
];
const asks = (fields: object, content: string) => ({ ...hello, messages: [{ role: "user", content }], ...fields });
const SEA = "Write 60 words about the sea";
const WIRE = [
  ...MODELS.map((model) => ({ title: `words of ${model}`, body: asks({ model, max_tokens: 500 }, SEA) })),
  ...MODELS.map((model) => ({ title: `a call of ${model}`, body: asks({ model, tools: [weather] }, WEATHER) })),
  {
    title: "thoughts",
    body: asks({ model: "Qwen/QwQ-32B", max_tokens: 500, thinking: { type: "adaptive" } }, "What is 6 * 7?"),
  },
  { title: "words that were cut", body: asks({ max_tokens: 16 }, SEA) },
];

describe.each(DOORS)("on the wire at the %s", (doorName) => {
  const post = async (door: Door, body: object): Promise<Response> => {
    const headers = { "content-type": "application/json", "anthropic-version": "2023-06-01" };
    return (door.fetch ?? fetch)(`${door.baseURL}/messages`, { method: "POST", headers, body: JSON.stringify(body) });
  };

  it.each(WIRE)("$title: whole and each event as Anthropic has them", async ({ body }) => {
    const door = await openDoor(doorName);
    const whole = messageObject.parse(await (await post(door, body)).json());
    const events = readMessageEvents(await (await post(door, { ...body, stream: true })).text());
    expect(events.at(-1)?.type).toBe("message_stop");
    const begun = events.flatMap((event) => (event.type === "content_block_start" ? [event.content_block.type] : []));
    expect(begun).toEqual(whole.content.map(({ type }) => type));
    expect(events.at(-2)).toMatchObject({ type: "message_delta", delta: { stop_reason: whole.stop_reason } });
  });

  it("a stream that breaks ends by an error", async () => {
    const door = await openDoor(doorName);
    door.sandbox.fault({ kind: "cut", afterChunks: 3 });
    const events = readMessageEvents(await (await post(door, { ...asks({}, SEA), stream: true })).text());
    expect(events.at(-1)).toMatchObject({ type: "error", error: { type: "overloaded_error" } });
  });
});

const CLASSES: Readonly<Record<number, unknown>> = {
  400: Anthropic.BadRequestError,
  401: Anthropic.AuthenticationError,
  404: Anthropic.NotFoundError,
  429: Anthropic.RateLimitError,
};
const PICTURE = /^data:(image\/png);base64,(.*)$/;

describe.concurrent.each(DOORS)("@anthropic-ai/sdk at a limit of the %s", (doorName) => {
  obeysLimits(doorName, {
    async ask(door, { prompt, model, maxTokens = 1_000, image, apiKey }) {
      const [, , data = ""] = PICTURE.exec(image ?? "") ?? [];
      const { content } = await clientOf(door, { apiKey }).messages.create({
        model,
        max_tokens: maxTokens,
        messages: [
          {
            role: "user",
            content:
              image === undefined
                ? prompt
                : [
                    { type: "text", text: prompt },
                    { type: "image", source: { type: "base64", media_type: "image/png", data } },
                  ],
          },
        ],
      });
      return content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
    },
    error(thrown, { status, message }) {
      expect((thrown as Error).constructor).toBe(CLASSES[status]);
      const error = { message: expect.stringMatching(message) };
      expect(thrown).toMatchObject({ status, requestID: expect.any(String), error: { type: "error", error } });
    },
  });
});

function providerOf(door: Door) {
  return createAnthropic({
    baseURL: door.baseURL,
    apiKey: "unused",
    ...(door.fetch === undefined ? {} : { fetch: door.fetch }),
  });
}

const weatherTool = tool({
  description: "Current weather of a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `It is 18 degrees and sunny in ${city}.`,
});

describe.each(DOORS)("@ai-sdk/anthropic at the %s", (doorName) => {
  it("answers and streams, with usage", async () => {
    const door = await openDoor(doorName);
    const { text, usage } = await generateText({
      model: providerOf(door)(MODEL),
      prompt: "Hello",
      maxOutputTokens: 500,
    });
    expect(text).toContain("Hello there!");
    expect(usage).toMatchObject({ inputTokens: 8, outputTokens: 10 });
    const result = streamText({
      model: providerOf(door)(MODEL),
      prompt: "Write 60 words about the sea",
      maxOutputTokens: 500,
    });
    expect((await collect(result.textStream)).join("")).toContain("sea");
    expect(await result.finishReason).toBe("stop");
    expect((await result.usage).inputTokens).toBeGreaterThan(5);
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it.each([false, true])("calls a tool and answers from its result, streamed: %s", async (isStream) => {
    const door = await openDoor(doorName);
    const ask = {
      model: providerOf(door)(MODEL),
      prompt: WEATHER,
      maxOutputTokens: 500,
      tools: { weather: weatherTool },
      stopWhen: isStepCount(3),
    };
    const text = isStream ? await streamText(ask).text : (await generateText(ask)).text;
    expect(text).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("gives structured output", async () => {
    const door = await openDoor(doorName);
    const { output } = await generateText({
      model: providerOf(door)(MODEL),
      prompt: "Reykjavik, a city in Iceland, has 140,000 inhabitants.",
      maxOutputTokens: 500,
      output: Output.object({ schema: z.object({ name: z.string(), inhabitants: z.int() }) }),
    });
    expect(output).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("has thoughts as reasoning", async () => {
    const door = await openDoor(doorName);
    const model = providerOf(door)("Qwen/QwQ-32B");
    const providerOptions = { anthropic: { thinking: { type: "enabled", budgetTokens: 1_024 } } };
    const ask = { model, prompt: "What is 6 * 7?", maxOutputTokens: 500, providerOptions };
    const whole = await generateText(ask);
    expect([whole.text, whole.reasoningText]).toEqual(["6 * 7 is 42.", expect.stringMatching(/^Okay/)]);
    const streamed = streamText(ask);
    expect([await streamed.text, await streamed.reasoningText]).toEqual([whole.text, whole.reasoningText]);
  });

  it("throws a used-up day with its message", async () => {
    const door = await openDoor(doorName, { laplas: { tier: dayOf(16) } });
    const ask = { model: providerOf(door)(MODEL), prompt: "Hello", maxOutputTokens: 500, maxRetries: 0 };
    await generateText(ask);
    const thrown = await rejection(generateText(ask));
    expect(APICallError.isInstance(thrown)).toBe(true);
    expect(thrown).toMatchObject({ statusCode: 429, message: expect.stringContaining("will reset at") });
    expect(door.statuses()).toEqual([200, 429]);
  });
});

function chatOf(door: Door): ChatAnthropic {
  return new ChatAnthropic({
    model: MODEL,
    apiKey: "unused",
    maxTokens: 500,
    anthropicApiUrl: door.baseURL.replace(/\/v1$/, ""),
    ...(door.fetch === undefined ? {} : { clientOptions: { fetch: door.fetch } }),
  });
}

describe.each(DOORS)("ChatAnthropic at the %s", (doorName) => {
  it("answers and streams, with usage", async () => {
    const door = await openDoor(doorName);
    const answer = await chatOf(door).invoke("Hello");
    expect(answer.text).toContain("Hello there!");
    expect(answer.usage_metadata).toMatchObject({ input_tokens: 8, output_tokens: 10, total_tokens: 18 });
    const chunks = await collect(await chatOf(door).stream("Write 60 words about the sea"));
    expect(chunks.length).toBeGreaterThan(10);
    expect(chunks.map(({ text }) => text).join("")).toContain("sea");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("calls a tool", async () => {
    const door = await openDoor(doorName);
    const own = langchainTool(async () => "", {
      name: "weather",
      description: "Current weather of a city",
      schema: z.object({ city: z.string() }),
    });
    const { tool_calls: calls } = await chatOf(door).bindTools([own]).invoke(WEATHER);
    expect(calls).toMatchObject([{ name: "weather", args: { city: "Lisbon" } }]);
  });

  it("throws a used-up day, and asks once", async () => {
    const door = await openDoor(doorName, { laplas: { tier: dayOf(16) } });
    await chatOf(door).invoke("Hello");
    const thrown = await rejection(chatOf(door).invoke("Hello"));
    // Of the copy of Anthropic's package that it brings along, with a stamp that its retry layers read.
    expect((thrown as Error).constructor.name).toBe("RateLimitError");
    expect(getRetryable(thrown)).toBe(false);
    expect(thrown).toMatchObject({ status: 429, message: expect.stringContaining("will reset at") });
    expect((thrown as { headers: Headers }).headers.get("retry-after")).toBe("43202");
    expect(door.statuses()).toEqual([200, 429]);
  });
});
