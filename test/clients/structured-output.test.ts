import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { Agent, OpenAIProvider, Runner } from "@openai/agents";
import { generateText, Output, streamText } from "ai";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { collect, type Door, openDoor } from "./open-gateway.ts";

/** One of each family that calls tools: those that don't know `response_format` are given the schema as a tool's. */
const MODELS = [
  "gpt-4o-mini",
  "claude-3-haiku-20240307",
  "gemini-1.5-pro",
  "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  "MiniMax-Text-01",
];

const SENTENCE = "Reykjavik, a city in Iceland, has 140,000 inhabitants.";
const PLACE = { name: "Reykjavik", inhabitants: 140_000 };
const place = z.object({ name: z.string(), inhabitants: z.int() });

const openaiOf = ({ baseURL, fetch }: Door): OpenAI => new OpenAI({ baseURL, apiKey: "unused", fetch });

function runnerOf(door: Door): Runner {
  const modelProvider = new OpenAIProvider({ openAIClient: openaiOf(door), useResponses: false });
  return new Runner({ modelProvider, tracingDisabled: true });
}

function providerOf({ baseURL, fetch }: Door, supportsStructuredOutputs: boolean) {
  const settings = { name: "laplas", baseURL, apiKey: "unused", supportsStructuredOutputs };
  return createOpenAICompatible(fetch === undefined ? settings : { ...settings, fetch });
}

function langchainOf({ baseURL, fetch }: Door, model: string): ChatOpenAI {
  return new ChatOpenAI({ model, apiKey: "unused", configuration: { baseURL, fetch } });
}

describe.each(["gateway", "fetch door"] as const)("structured output at the %s", (doorName) => {
  describe.each(MODELS)("on %s", (model) => {
    const ask = { model, messages: [{ role: "user" as const, content: SENTENCE }] };

    /** One request, whose answer fits the schema. */
    async function gives(work: (door: Door) => Promise<unknown>): Promise<void> {
      const door = await openDoor(doorName);
      expect(await work(door)).toEqual(PLACE);
      expect(door.statuses()).toEqual([200]);
      expect(door.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
    }

    it("openai parses an answer", () =>
      gives(async (door) => {
        const response_format = zodResponseFormat(place, "place");
        const answer = await openaiOf(door).chat.completions.parse({ ...ask, response_format });
        return answer.choices[0]?.message.parsed;
      }));

    it("openai parses a stream", () =>
      gives(async (door) => {
        const response_format = zodResponseFormat(place, "place");
        const stream = openaiOf(door).chat.completions.stream({ ...ask, response_format });
        const answer = await stream.finalChatCompletion();
        return answer.choices[0]?.message.parsed;
      }));

    it("the AI SDK gives an object", () =>
      gives(async (door) => {
        const output = Output.object({ schema: place });
        return (await generateText({ model: providerOf(door, true)(model), prompt: SENTENCE, output })).output;
      }));

    // Its default: the schema is left out and JSON of any kind asked for.
    it("the AI SDK gives JSON where it holds schemas for unsupported", async () => {
      const door = await openDoor(doorName);
      const output = Output.json();
      const answer = await generateText({ model: providerOf(door, false)(model), prompt: SENTENCE, output });
      expect(answer.output).toBeTypeOf("object");
      expect(door.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
    });

    it("the AI SDK streams an object in parts", () =>
      gives(async (door) => {
        const output = Output.object({ schema: place });
        const result = streamText({ model: providerOf(door, true)(model), prompt: SENTENCE, output });
        const parts = await collect(result.partialOutputStream);
        expect(parts.at(-1)).toEqual(PLACE);
        return result.output;
      }));

    it("the Agents SDK gives an outputType", () =>
      gives(async (door) => {
        const agent = new Agent({ name: "Reader", model, outputType: place });
        return (await runnerOf(door).run(agent, SENTENCE)).finalOutput;
      }));

    it("the Agents SDK streams an outputType", () =>
      gives(async (door) => {
        const agent = new Agent({ name: "Reader", model, outputType: place });
        const result = await runnerOf(door).run(agent, SENTENCE, { stream: true });
        await result.completed;
        return result.finalOutput;
      }));

    it.each([undefined, "jsonSchema", "functionCalling"] as const)(
      "LangChain gives structured output (method: %s)",
      (method) =>
        gives((door) => {
          const config = method === undefined ? {} : { method };
          return langchainOf(door, model).withStructuredOutput(place, config).invoke(SENTENCE);
        }),
    );

    it("LangChain gives JSON in its JSON mode", async () => {
      const door = await openDoor(doorName);
      const reader = langchainOf(door, model).withStructuredOutput(z.looseObject({}), { method: "jsonMode" });
      expect(await reader.invoke(`As JSON: ${SENTENCE}`)).toBeTypeOf("object");
      expect(door.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
    });

    it("LangChain streams structured output", () =>
      gives(async (door) => {
        const reader = langchainOf(door, model).withStructuredOutput(place);
        return (await collect(await reader.stream(SENTENCE))).at(-1);
      }));
  });
});
