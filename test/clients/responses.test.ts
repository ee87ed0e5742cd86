import { createOpenAI } from "@ai-sdk/openai";
import { Agent, tool as agentTool, OpenAIProvider, Runner } from "@openai/agents";
import { APICallError, generateText, isStepCount, Output, streamText, tool } from "ai";
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import type {
  CustomTool,
  NamespaceTool,
  ResponseInput,
  ResponseOutputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { obeysLimits } from "./limits.ts";
import { collect, DOORS, type Door, dayOf, openDoor, rejection } from "./open-gateway.ts";
import { expectOpenAIError } from "./openai-errors.ts";
import { responseEvent, responseObject } from "./response-schemas.ts";

const MODEL = "gpt-4o-mini";
const WEATHER = "What is the weather in Lisbon?";
const CITY = z.object({ city: z.string() });

function clientOf(door: Door, apiKey = "unused"): OpenAI {
  return new OpenAI({ baseURL: door.baseURL, apiKey, fetch: door.fetch });
}

const weather = {
  type: "function",
  name: "get_weather",
  description: "Current weather of a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
  strict: true,
} as const;

describe.each(DOORS)("responses of the openai package at the %s", (doorName) => {
  it("answer, in the shape that the package knows", async () => {
    const door = await openDoor(doorName);
    const { data, response } = await clientOf(door)
      .responses.create({ model: MODEL, instructions: "Be friendly.", input: "Hello" })
      .withResponse();
    expect(data.output_text).toContain("Hello there!");
    expect(responseObject.parse(await shapeOf(door))).toMatchObject({ status: "completed" });
    expect(response.headers.get("x-laplas-usage")).toBe("tokens");
    expect(door.sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it("stream, each event in the shape that the package knows", async () => {
    const door = await openDoor(doorName);
    const stream = await clientOf(door).responses.create({
      model: MODEL,
      input: "Write 20 words about the sea",
      stream: true,
    });
    const events = await collect(stream);
    for (const event of events) responseEvent.parse(event);
    expect(events.at(0)?.type).toBe("response.created");
    expect(events.at(-1)?.type).toBe("response.completed");
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    const deltas = events.flatMap((event) => (event.type === "response.output_text.delta" ? [event.delta] : []));
    expect(deltas.length).toBeGreaterThan(5);
    expect(deltas.join("")).toContain("sea");
  });

  it("stream into the package's own snapshot", async () => {
    const door = await openDoor(doorName);
    const stream = clientOf(door).responses.stream({ model: MODEL, input: WEATHER, tools: [weather] });
    const events = await collect(stream);
    for (const event of events) expect(event).toMatchObject({ sequence_number: expect.any(Number) });
    const { output } = await stream.finalResponse();
    expect(output).toMatchObject([{ type: "function_call", name: "get_weather", arguments: '{"city":"Lisbon"}' }]);
  });

  it("call tools, and answer from their outputs", async () => {
    const door = await openDoor(doorName);
    const client = clientOf(door);
    const input: ResponseInput = [{ role: "user", content: WEATHER }];
    const first = await client.responses.create({ model: MODEL, input, tools: [weather], tool_choice: "required" });
    const [call] = first.output;
    if (call?.type !== "function_call") throw new Error("no call");
    expect(JSON.parse(call.arguments)).toEqual({ city: "Lisbon" });
    const output = {
      type: "function_call_output",
      call_id: call.call_id,
      output: "18 degrees and sunny in Lisbon",
    } as const;
    const second = await client.responses.create({
      model: MODEL,
      input: [...input, call, output],
      tools: [weather],
    });
    expect(second.output_text).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it("call tools of a namespace by both of their names", async () => {
    const door = await openDoor(doorName);
    const { strict: _, ...plain } = weather;
    const namespace: NamespaceTool = { type: "namespace", name: "world.v1", description: "The world", tools: [plain] };
    const events = await collect(
      await clientOf(door).responses.create({ model: MODEL, input: WEATHER, tools: [namespace], stream: true }),
    );
    for (const event of events) responseEvent.parse(event);
    const last = events.at(-1);
    expect(last).toMatchObject({ response: { output: [{ name: "get_weather", namespace: "world.v1" }] } });
  });

  it("think aloud in items of their own, and take them back", async () => {
    const door = await openDoor(doorName);
    const client = clientOf(door);
    const fields = { model: "Qwen/QwQ-32B", input: "What is 6 * 7?" };
    const events = await collect(await client.responses.create({ ...fields, stream: true }));
    for (const event of events) responseEvent.parse(event);
    expect(outputOf(events.at(-1))).toMatchObject([
      { type: "reasoning", summary: [{ text: expect.stringMatching(/^Okay/) }] },
      { type: "message", content: [{ text: "6 * 7 is 42." }] },
    ]);
    const whole = await client.responses.create(fields);
    expect(whole.output.map(({ type }) => type)).toEqual(["reasoning", "message"]);
    const input = [
      { role: "user", content: fields.input } as const,
      ...whole.output,
      { role: "user", content: "Hello" } as const,
    ];
    expect((await client.responses.create({ ...fields, input: input as ResponseInput })).status).toBe("completed");
    expect(door.sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });

  it.each([MODEL, "claude-3-5-sonnet-20241022", "gemini-1.5-pro"])(
    "call a tool that takes text, of %s",
    async (model) => {
      const door = await openDoor(doorName);
      const client = clientOf(door);
      const tools: CustomTool[] = [{ type: "custom", name: "run_program", description: "Runs a program of Python" }];
      const fields = { model, tools, tool_choice: { type: "custom", name: "run_program" } as const };
      const question = { role: "user", content: "Run a program" } as const;
      const events = await collect(await client.responses.create({ ...fields, input: [question], stream: true }));
      for (const event of events) responseEvent.parse(event);
      const deltas = events.flatMap((event) =>
        event.type === "response.custom_tool_call_input.delta" ? [event.delta] : [],
      );
      const whole = await client.responses.create({ ...fields, input: [question] });
      for (const output of [outputOf(events.at(-1)), whole.output]) {
        const [call] = output;
        expect(output).toMatchObject([{ type: "custom_tool_call", name: "run_program", input: deltas.join("") }]);
        if (call?.type !== "custom_tool_call") throw new Error("no call");
        // Text, and no JSON around it.
        expect(call.input).toMatch(/^[^{"]/);
        const result = { type: "custom_tool_call_output", call_id: call.call_id, output: "It printed 42." } as const;
        const next = await client.responses.create({ model, tools, input: [question, call, result] });
        expect(next.output_text).toContain("It printed 42.");
      }
      expect(door.sandbox.counts()).toMatchObject({ answered: 4, refused: 0 });
    },
  );

  it("are parsed by a schema, of models with response_format and without", async () => {
    const door = await openDoor(doorName);
    for (const model of [MODEL, "claude-3-5-sonnet-20241022"]) {
      const { output_parsed: parsed } = await clientOf(door).responses.parse({
        model,
        input: "Reykjavik, a city in Iceland, has 140,000 inhabitants.",
        text: { format: zodTextFormat(z.object({ name: z.string(), inhabitants: z.number() }), "city") },
      });
      expect(parsed).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
    }
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("are incomplete where they were cut", async () => {
    const door = await openDoor(doorName);
    const fields = { model: MODEL, input: "Write 60 words about the sea", max_output_tokens: 16 };
    const whole = await clientOf(door).responses.create(fields);
    expect(whole).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    const events = await collect(await clientOf(door).responses.create({ ...fields, stream: true }));
    for (const event of events) responseEvent.parse(event);
    expect(events.at(-1)?.type).toBe("response.incomplete");
  });

  it("can't be fetched later, nor continued by an id", async () => {
    const door = await openDoor(doorName);
    const client = clientOf(door);
    const message = /not stored/;
    expectOpenAIError(await rejection(client.responses.retrieve("resp_1")), {
      status: 400,
      code: "response_not_stored",
      message,
    });
    const continued = client.responses.create({ model: MODEL, input: "Hello", previous_response_id: "resp_1" });
    expectOpenAIError(await rejection(continued), { status: 400, code: "free_tier_invalid_request", message });
    expect(door.sandbox.counts().received).toBe(0);
  });

  it("say of a used-up day when it resets, and are not asked for again", async () => {
    const door = await openDoor(doorName, { laplas: { tier: dayOf(16) } });
    const ask = () => clientOf(door).responses.create({ model: MODEL, input: "Hello" });
    await ask();
    const thrown = await rejection(ask());
    expectOpenAIError(thrown, { status: 429, code: "free_tier_daily_quota", message: /will reset at/ });
    expect(thrown).toMatchObject({
      type: "usage_limit_reached",
      error: { resets_at: Date.parse("2026-03-11T00:00:02.000Z") / 1_000 },
    });
    expect(door.statuses()).toEqual([200, 429]);
  });
});

describe.each(DOORS)("limits of responses of the openai package at the %s", (doorName) => {
  obeysLimits(doorName, {
    async ask(door, { prompt, model, maxTokens, image, apiKey }) {
      const picture = image === undefined ? [] : [{ type: "input_image", image_url: image, detail: "auto" } as const];
      const content = [{ type: "input_text", text: prompt } as const, ...picture];
      const { output_text: text } = await clientOf(door, apiKey).responses.create({
        model,
        input: [{ role: "user", content }],
        max_output_tokens: maxTokens ?? null,
      });
      return text;
    },
    error: expectOpenAIError,
  });
});

/** What the last event of a stream says that was answered. */
function outputOf(event: ResponseStreamEvent | undefined): ResponseOutputItem[] {
  if (event?.type !== "response.completed") throw new Error(`ended by ${event?.type}`);
  return event.response.output;
}

/** An answer as it is on the wire: the package adds `output_text`. */
async function shapeOf(door: Door): Promise<unknown> {
  const init = { method: "POST", body: JSON.stringify({ model: MODEL, input: "Hello" }) };
  return (
    await (door.fetch ?? fetch)(`${door.baseURL}/responses`, {
      ...init,
      headers: { "content-type": "application/json" },
    })
  ).json();
}

function providerOf(door: Door, apiKey = "unused") {
  return createOpenAI({ baseURL: door.baseURL, apiKey, ...(door.fetch === undefined ? {} : { fetch: door.fetch }) });
}

const weatherOf = async ({ city }: { city: string }): Promise<string> => `It is 18 degrees and sunny in ${city}.`;
const tools = {
  get_weather: tool({ description: "Current weather of a city", inputSchema: CITY, execute: weatherOf }),
};

describe.each(DOORS)("@ai-sdk/openai, at its defaults, at the %s", (doorName) => {
  it("answers, with usage", async () => {
    const door = await openDoor(doorName);
    const { text, usage, finishReason, warnings } = await generateText({
      model: providerOf(door)(MODEL),
      prompt: "Hello",
    });
    expect(text).toContain("Hello there!");
    expect(usage).toMatchObject({ inputTokens: 8, outputTokens: 10, totalTokens: 18 });
    expect([finishReason, warnings]).toEqual(["stop", []]);
    expect(door.visits.map(({ path }) => path)).toEqual(["/v1/responses"]);
  });

  it("streams", async () => {
    const door = await openDoor(doorName);
    const result = streamText({ model: providerOf(door)(MODEL), prompt: "Write 60 words about the sea" });
    const pieces = await collect(result.textStream);
    expect(pieces.length).toBeGreaterThan(10);
    expect(pieces.join("")).toContain("sea");
    expect(await result.finishReason).toBe("stop");
  });

  it.each(["generateText", "streamText"])("calls tools with %s: earlier items come back by reference", async (way) => {
    const door = await openDoor(doorName);
    const asked = { model: providerOf(door)(MODEL), prompt: WEATHER, tools, stopWhen: isStepCount(3) };
    const streamed = way === "streamText" ? streamText(asked) : undefined;
    const text = streamed === undefined ? (await generateText(asked)).text : await streamed.text;
    expect(text).toContain("18 degrees and sunny in Lisbon");
    expect(door.statuses()).toEqual([200, 200]);
    expect(door.sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it.each(["generateText", "streamText"])("calls a tool that takes text with %s", async (way) => {
    const door = await openDoor(doorName);
    const provider = providerOf(door);
    const given: string[] = [];
    const own = provider.tools.customTool({ description: "Runs a program of Python" });
    const run_program = {
      ...own,
      execute: async (input: string) => {
        given.push(input);
        return "It printed 42.";
      },
    };
    const prepareStep = ({ stepNumber }: { stepNumber: number }) =>
      ({ toolChoice: stepNumber === 0 ? "required" : "auto" }) as const;
    const fields = { model: provider(MODEL), prompt: "Run a program", tools: { run_program } };
    const ask = { ...fields, prepareStep, stopWhen: isStepCount(2) };
    const text = way === "streamText" ? await streamText(ask).text : (await generateText(ask)).text;
    expect(text).toContain("It printed 42.");
    expect(given).toEqual([expect.stringMatching(/^[^{"]/)]);
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("goes on with a conversation whose answers are references", async () => {
    const door = await openDoor(doorName);
    const bodies: string[] = [];
    const recorded: typeof fetch = async (input, init) => {
      bodies.push(String(init?.body));
      return (door.fetch ?? fetch)(input, init);
    };
    const model = createOpenAI({ baseURL: door.baseURL, apiKey: "unused", fetch: recorded })(MODEL);
    const first = await generateText({ model, prompt: "Hello" });
    const messages = [
      { role: "user", content: "Hello" } as const,
      ...first.response.messages,
      { role: "user", content: "Hello again" } as const,
    ];
    const second = await generateText({ model, messages });
    expect(bodies[1]).toContain('"item_reference"');
    expect(second.text).toMatch(/./);
    expect(JSON.stringify(door.sandbox.requests[1])).toContain("Hello there!");
  });

  it("gives structured output", async () => {
    const door = await openDoor(doorName);
    const schema = z.object({ name: z.string(), inhabitants: z.number() });
    const prompt = "Reykjavik, a city in Iceland, has 140,000 inhabitants.";
    const { output } = await generateText({
      model: providerOf(door)(MODEL),
      output: Output.object({ schema }),
      prompt,
    });
    expect(output).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
  });

  it("throws a used-up day with its message", async () => {
    const door = await openDoor(doorName, { laplas: { tier: dayOf(16) } });
    const ask = { model: providerOf(door)(MODEL), prompt: "Hello", maxRetries: 0 };
    await generateText(ask);
    const thrown = await rejection(generateText(ask));
    expect(APICallError.isInstance(thrown)).toBe(true);
    expect(thrown).toMatchObject({ statusCode: 429, message: expect.stringContaining("will reset at") });
    expect(door.statuses()).toEqual([200, 429]);
  });

  it("ends at a limit with the reason", async () => {
    const door = await openDoor(doorName);
    const prompt = "Write 60 words about the sea";
    const { finishReason } = await generateText({ model: providerOf(door)(MODEL), prompt, maxOutputTokens: 16 });
    expect(finishReason).toBe("length");
  });
});

function runnerOf(door: Door, apiKey = "unused"): Runner {
  const openAIClient = clientOf(door, apiKey);
  return new Runner({ modelProvider: new OpenAIProvider({ openAIClient }), tracingDisabled: true });
}

const weatherTool = agentTool({
  name: "get_weather",
  description: "Current weather of a city",
  parameters: CITY,
  execute: weatherOf,
});

describe.each(DOORS)("the OpenAI Agents SDK, at its defaults, at the %s", (doorName) => {
  const plain = new Agent({ name: "Assistant", instructions: "Answer in one sentence.", model: MODEL });
  const withTool = plain.clone({ tools: [weatherTool] });

  it("answers", async () => {
    const door = await openDoor(doorName);
    const { finalOutput } = await runnerOf(door).run(plain, "Hello");
    expect(finalOutput).toContain("Hello");
    expect(door.visits.map(({ path }) => path)).toEqual(["/v1/responses"]);
  });

  it("calls a tool and answers from its result", async () => {
    const door = await openDoor(doorName);
    const { finalOutput } = await runnerOf(door).run(withTool, WEATHER);
    expect(finalOutput).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("streams, tool call included", async () => {
    const door = await openDoor(doorName);
    const result = await runnerOf(door).run(withTool, WEATHER, { stream: true });
    const pieces = await collect(result.toTextStream());
    await result.completed;
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join("")).toContain("18 degrees and sunny in Lisbon");
  });

  it("gives structured output", async () => {
    const door = await openDoor(doorName);
    const outputType = z.object({ name: z.string(), inhabitants: z.number() });
    const agent = new Agent({ name: "Reader", model: MODEL, outputType });
    const { finalOutput } = await runnerOf(door).run(agent, "Reykjavik, a city in Iceland, has 140,000 inhabitants.");
    expect(finalOutput).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
  });

  it("takes a cut answer for an error, unless it is continued", async () => {
    const door = await openDoor(doorName);
    const prompt = "Write 900 words about the sea";
    const cut = await rejection(runnerOf(door).run(plain, prompt));
    expect(cut).toMatchObject({ name: "ModelBehaviorError", message: expect.stringContaining("response.incomplete") });
    const openAIClient = clientOf(door).withOptions({ defaultHeaders: { "x-laplas-continue": "8" } });
    const runner = new Runner({ modelProvider: new OpenAIProvider({ openAIClient }), tracingDisabled: true });
    const { finalOutput } = await runner.run(plain, prompt);
    expect(finalOutput?.split(/\s+/).length).toBeGreaterThan(800);
  });

  obeysLimits(doorName, {
    async ask(door, { prompt, model, maxTokens, image, apiKey }) {
      const agent = new Agent({ name: "Assistant", model, modelSettings: { maxTokens } });
      const picture = image === undefined ? [] : [{ type: "input_image" as const, image }];
      const content = [{ type: "input_text" as const, text: prompt }, ...picture];
      const { finalOutput } = await runnerOf(door, apiKey).run(agent, [{ role: "user", content }]);
      return finalOutput ?? "";
    },
    error: expectOpenAIError,
    cutError: /response\.incomplete/,
  });
});
