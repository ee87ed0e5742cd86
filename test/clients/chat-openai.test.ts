import { getRetryable } from "@langchain/core/errors";
import { type AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { RunnableInterface } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, type ChatOpenAIFields, OpenAIEmbeddings } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ExpectedError, obeysLimits, type Question } from "./limits.ts";
import { collect, DOORS, type Door, dayOf, openDoor, rejection, rounded, sandboxVectors } from "./open-gateway.ts";
import { expectOpenAIError } from "./openai-errors.ts";

function modelOf(door: Door, fields: ChatOpenAIFields = {}): ChatOpenAI {
  const configuration = { baseURL: door.baseURL, fetch: door.fetch };
  return new ChatOpenAI({ model: "gpt-4o-mini", apiKey: "unused", configuration, ...fields });
}

const weather = tool(({ city }) => `It is 18 degrees and sunny in ${city}.`, {
  name: "get_weather",
  description: "Current weather of a city",
  schema: z.object({ city: z.string() }),
});

describe.each(DOORS)("LangChain's ChatOpenAI at the %s", (doorName) => {
  it("answers", async () => {
    const door = await openDoor(doorName);
    const message = await modelOf(door).invoke("Hello");
    expect(message.text).toContain("Hello there!");
    expect(message.usage_metadata).toMatchObject({ input_tokens: 8, output_tokens: 10, total_tokens: 18 });
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

  it("calls a tool and takes its result in a second turn", async () => {
    const door = await openDoor(doorName);
    const model = modelOf(door).bindTools([weather]);
    const question = new HumanMessage("What is the weather in Lisbon?");
    const call = await model.invoke([question]);
    expect(call.tool_calls).toMatchObject([{ name: "get_weather", args: { city: "Lisbon" } }]);
    const results = await Promise.all(
      (call.tool_calls ?? []).map((each) => weather.invoke({ ...each, type: "tool_call" })),
    );
    expect(results[0]).toBeInstanceOf(ToolMessage);
    const answer = await model.invoke([question, call, ...(results as ToolMessage[])]);
    expect(answer.text).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it.each(["jsonSchema", "functionCalling"] as const)("gives structured output by %s", async (method) => {
    const door = await openDoor(doorName);
    const place = z.object({ name: z.string(), inhabitants: z.int() });
    const model = modelOf(door).withStructuredOutput(place, { method, name: "place" });
    const answer = await model.invoke("Reykjavik, a city in Iceland, has 140,000 inhabitants.");
    expect(answer).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("gives structured output by JSON mode", async () => {
    const door = await openDoor(doorName);
    const model = modelOf(door).withStructuredOutput(z.object({ answer: z.string() }), { method: "jsonMode" });
    expect((await model.invoke("Say hello as JSON")).answer).not.toBe("");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("embeds with OpenAIEmbeddings, to the values that the sandbox gives", async () => {
    const door = await openDoor(doorName);
    const embeddings = new OpenAIEmbeddings({
      model: "text-embedding-3-small",
      apiKey: "unused",
      configuration: { baseURL: door.baseURL, fetch: door.fetch },
    });
    const texts = ["The ferry leaves at seven", "Bread is baked with flour"];
    const expected = await sandboxVectors(door.sandbox, texts);
    expect(rounded(await embeddings.embedDocuments(texts))).toEqual(expected);
    expect(rounded([await embeddings.embedQuery(texts[0] ?? "")])).toEqual(expected.slice(0, 1));
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("works through a batch", async () => {
    const door = await openDoor(doorName);
    const messages = await modelOf(door).batch(Array.from({ length: 8 }, (_, index) => `What is ${index} plus 1?`));
    expect(messages.map(({ text }) => text)).toHaveLength(8);
    expect(door.sandbox.counts()).toMatchObject({ answered: 8, refused: 0 });
  });

  const ask =
    (wrap: (model: ChatOpenAI) => RunnableInterface) =>
    async (door: Door, { prompt, model, maxTokens, image, apiKey }: Question): Promise<string> => {
      const parts = [
        { type: "text", text: prompt },
        { type: "image_url", image_url: { url: image ?? "" } },
      ];
      const message = new HumanMessage({ content: image === undefined ? prompt : parts });
      const answer: AIMessage = await wrap(modelOf(door, { model, apiKey, maxTokens })).invoke([message]);
      return answer.text;
    };
  // LangChain stamps them, and its retry layers read the stamp.
  const error = (thrown: unknown, expected: ExpectedError): void => {
    expectOpenAIError(thrown, expected);
    expect(getRetryable(thrown)).toBe(false);
  };

  describe.concurrent("alone", () => obeysLimits(doorName, { ask: ask((model) => model), error }));

  it.concurrent("under a plain withRetry what can't pass is asked three times, and still nothing of it is sent", async (context) => {
    const { expect, onTestFinished } = context;
    const door = await openDoor(doorName, { laplas: { tier: dayOf(16) }, onTestFinished });
    const model = modelOf(door).withRetry();
    expect((await model.invoke("Hello")).text).toContain("Hello there!");
    error(await rejection(model.invoke("Hello")), {
      status: 429,
      code: "free_tier_daily_quota",
      message: /will reset/,
    });
    expect(door.statuses()).toEqual([200, 429, 429, 429]);
    expect(door.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });

  describe.concurrent("under a withRetry that asks the error", () => {
    const onFailedAttempt = (thrown: unknown): void => {
      if (getRetryable(thrown) === false) throw thrown;
    };
    obeysLimits(doorName, { ask: ask((model) => model.withRetry({ onFailedAttempt })), error });
  });
});
