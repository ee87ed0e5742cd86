import { getRetryable } from "@langchain/core/errors";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, type ChatOpenAIFields, customTool } from "@langchain/openai";
import { createAgent } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ExpectedError, obeysLimits } from "./limits.ts";
import { collect, DOORS, type Door, openDoor } from "./open-gateway.ts";
import { expectOpenAIError } from "./openai-errors.ts";

function modelOf(door: Door, fields: ChatOpenAIFields = {}): ChatOpenAI {
  const configuration = { baseURL: door.baseURL, fetch: door.fetch };
  return new ChatOpenAI({ model: "gpt-4o-mini", apiKey: "unused", configuration, useResponsesApi: true, ...fields });
}

const weather = tool(({ city }) => `It is 18 degrees and sunny in ${city}.`, {
  name: "get_weather",
  description: "Current weather of a city",
  schema: z.object({ city: z.string() }),
});
const WEATHER = "What is the weather in Lisbon?";

describe.each(DOORS)("LangChain's ChatOpenAI with useResponsesApi at the %s", (doorName) => {
  it("answers, with usage", async () => {
    const door = await openDoor(doorName);
    const message = await modelOf(door).invoke("Hello");
    expect(message.text).toContain("Hello there!");
    expect(message.usage_metadata).toEqual({
      input_tokens: 8,
      output_tokens: 10,
      total_tokens: 18,
      input_token_details: { cache_read: 0, cache_creation: 0 },
      output_token_details: { reasoning: 0 },
    });
    expect(door.visits).toMatchObject([{ path: "/v1/responses", status: 200 }]);
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("streams, with usage", async () => {
    const door = await openDoor(doorName);
    const chunks = await collect(await modelOf(door).stream("Write 60 words about the sea"));
    expect(chunks.length).toBeGreaterThan(10);
    const whole = chunks.reduce((left, right) => left.concat(right));
    expect(whole.text).toContain("sea");
    const { input_tokens: input = 0, output_tokens: output = 0, total_tokens: total } = whole.usage_metadata ?? {};
    expect(total).toBe(input + output);
    expect(Math.round(input * 0.315) + Math.round(output * 1.26)).toBe(door.sandbox.used());
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it.each(["invoke", "stream"])("calls a tool and takes its result in a second turn, by %s", async (way) => {
    const door = await openDoor(doorName);
    const model = modelOf(door).bindTools([weather]);
    const question = new HumanMessage(WEATHER);
    const call =
      way === "invoke"
        ? await model.invoke([question])
        : (await collect(await model.stream([question]))).reduce((left, right) => left.concat(right));
    expect(call.tool_calls).toMatchObject([{ name: "get_weather", args: { city: "Lisbon" } }]);
    const results = await Promise.all(
      (call.tool_calls ?? []).map((each) => weather.invoke({ ...each, type: "tool_call" })),
    );
    expect(results[0]).toBeInstanceOf(ToolMessage);
    const answer = await model.invoke([question, call, ...(results as ToolMessage[])]);
    expect(answer.text).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("goes on with a conversation of its own answers", async () => {
    const door = await openDoor(doorName);
    const model = modelOf(door);
    const first = await model.invoke("Hello");
    const second = await model.invoke([new HumanMessage("Hello"), first, new HumanMessage("Hello again")]);
    expect(second.text).toMatch(/./);
    expect(JSON.stringify(door.sandbox.requests[1])).toContain("Hello there!");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("is the model of an agent", async () => {
    const door = await openDoor(doorName);
    const agent = createAgent({ model: modelOf(door), tools: [weather] });
    const { messages } = await agent.invoke({ messages: [new HumanMessage(WEATHER)] });
    expect(messages.at(-1)?.text).toContain("18 degrees and sunny in Lisbon");
    expect(door.statuses()).toEqual([200, 200]);
  });

  it.each(["jsonSchema", "functionCalling"] as const)("gives structured output by %s", async (method) => {
    const door = await openDoor(doorName);
    const place = z.object({ name: z.string(), inhabitants: z.int() });
    for (const model of ["gpt-4o-mini", "claude-3-5-sonnet-20241022"]) {
      const asked = modelOf(door, { model }).withStructuredOutput(place, { method, name: "place" });
      const answer = await asked.invoke("Reykjavik, a city in Iceland, has 140,000 inhabitants.");
      expect(answer).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
    }
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("calls a tool that takes text, and answers from its result", async () => {
    const door = await openDoor(doorName);
    const given: string[] = [];
    const run = customTool(
      async (input) => {
        given.push(input);
        return "It printed 42.";
      },
      { name: "run_program", description: "Runs a program of Python" },
    );
    const question = new HumanMessage("Run a program");
    const call = await modelOf(door).bindTools([run], { tool_choice: "required" }).invoke([question]);
    const [asked] = call.tool_calls ?? [];
    if (asked === undefined) throw new Error("no call");
    // Its types have the text alone.
    const result: unknown = await run.invoke({ ...asked, type: "tool_call" });
    if (!ToolMessage.isInstance(result)) throw new Error("no message");
    expect(given).toEqual([expect.stringMatching(/^[^{"]/)]);
    const answer = await modelOf(door).bindTools([run]).invoke([question, call, result]);
    expect(answer.text).toContain("It printed 42.");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  describe.concurrent("at a limit", () =>
    obeysLimits(doorName, {
      async ask(door, { prompt, model, maxTokens, image, apiKey }) {
        const parts = [
          { type: "text", text: prompt },
          { type: "image_url", image_url: { url: image ?? "" } },
        ];
        const message = new HumanMessage({ content: image === undefined ? prompt : parts });
        return (await modelOf(door, { model, apiKey, maxTokens }).invoke([message])).text;
      },
      // LangChain stamps them, and its retry layers read the stamp.
      error(thrown: unknown, expected: ExpectedError): void {
        expectOpenAIError(thrown, expected);
        expect(getRetryable(thrown)).toBe(false);
      },
    }));
});
