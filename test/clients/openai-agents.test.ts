import { Agent, OpenAIProvider, Runner, tool } from "@openai/agents";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { obeysLimits } from "./limits.ts";
import { collect, DOORS, type Door, openDoor } from "./open-gateway.ts";
import { expectOpenAIError } from "./openai-errors.ts";

function runnerOf(door: Door, apiKey = "unused"): Runner {
  const openAIClient = new OpenAI({ baseURL: door.baseURL, apiKey, fetch: door.fetch });
  return new Runner({
    modelProvider: new OpenAIProvider({ openAIClient, useResponses: false }),
    tracingDisabled: true,
  });
}

const weather = tool({
  name: "get_weather",
  description: "Current weather of a city",
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `It is 18 degrees and sunny in ${city}.`,
});

describe.each(DOORS)("the OpenAI Agents SDK at the %s", (doorName) => {
  const plain = new Agent({ name: "Assistant", instructions: "Answer in one sentence.", model: "gpt-4o-mini" });
  const withTool = plain.clone({ tools: [weather] });

  it("answers", async () => {
    const door = await openDoor(doorName);
    const { finalOutput } = await runnerOf(door).run(plain, "Hello");
    expect(finalOutput).toContain("Hello");
    expect(door.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("calls a tool and answers from its result", async () => {
    const door = await openDoor(doorName);
    const { finalOutput } = await runnerOf(door).run(withTool, "What is the weather in Lisbon?");
    expect(finalOutput).toContain("18 degrees and sunny in Lisbon");
    expect(door.statuses()).toEqual([200, 200]);
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("streams, tool call included", async () => {
    const door = await openDoor(doorName);
    const result = await runnerOf(door).run(withTool, "What is the weather in Lisbon?", { stream: true });
    const pieces = await collect(result.toTextStream());
    await result.completed;
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join("")).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("gives structured output", async () => {
    const door = await openDoor(doorName);
    const outputType = z.object({ name: z.string(), inhabitants: z.number() });
    const agent = new Agent({ name: "Reader", model: "gpt-4o-mini", outputType });
    const { finalOutput } = await runnerOf(door).run(agent, "Reykjavik, a city in Iceland, has 140,000 inhabitants.");
    expect(finalOutput).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
    expect(door.sandbox.counts().refused).toBe(0);
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
  });
});
