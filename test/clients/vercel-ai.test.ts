import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  embedMany,
  generateImage,
  generateText,
  isStepCount,
  Output,
  RetryError,
  streamText,
  tool,
} from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { obeysLimits } from "./limits.ts";
import { collect, DOORS, type Door, dayOf, openDoor, rejection, rounded, sandboxVectors } from "./open-gateway.ts";

function providerOf(door: Door, apiKey = "unused") {
  return createOpenAICompatible({
    name: "laplas",
    baseURL: door.baseURL,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
    ...(door.fetch === undefined ? {} : { fetch: door.fetch }),
  });
}

const weather = tool({
  description: "Current weather of a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `It is 18 degrees and sunny in ${city}.`,
});

describe.each(DOORS)("the Vercel AI SDK at the %s", (doorName) => {
  it("answers", async () => {
    const door = await openDoor(doorName);
    const { text, usage } = await generateText({ model: providerOf(door)("gpt-4o-mini"), prompt: "Hello" });
    expect(text).toContain("Hello there!");
    expect(usage).toMatchObject({ inputTokens: 8, outputTokens: 10, totalTokens: 18 });
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("streams, with usage", async () => {
    const door = await openDoor(doorName);
    const result = streamText({ model: providerOf(door)("gpt-4o-mini"), prompt: "Write 60 words about the sea" });
    const pieces = await collect(result.textStream);
    expect(pieces.length).toBeGreaterThan(10);
    expect(pieces.join("")).toContain("sea");
    const { inputTokens = 0, outputTokens = 0, totalTokens } = await result.usage;
    expect(totalTokens).toBe(inputTokens + outputTokens);
    expect(Math.round(inputTokens * 0.315) + Math.round(outputTokens * 1.26)).toBe(door.sandbox.used());
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("calls a tool and answers from its result in a second step", async () => {
    const door = await openDoor(doorName);
    const { text, steps } = await generateText({
      model: providerOf(door)("gpt-4o-mini"),
      prompt: "What is the weather in Lisbon?",
      tools: { weather },
      stopWhen: isStepCount(3),
    });
    expect(steps[0]?.toolCalls).toMatchObject([{ toolName: "weather", input: { city: "Lisbon" } }]);
    expect(text).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("calls a tool in a stream", async () => {
    const door = await openDoor(doorName);
    const result = streamText({
      model: providerOf(door)("gpt-4o-mini"),
      prompt: "What is the weather in Lisbon?",
      tools: { weather },
      stopWhen: isStepCount(3),
    });
    expect(await result.text).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("gives structured output", async () => {
    const door = await openDoor(doorName);
    const { output } = await generateText({
      model: providerOf(door)("gpt-4o-mini"),
      prompt: "Reykjavik, a city in Iceland, has 140,000 inhabitants.",
      output: Output.object({ schema: z.object({ name: z.string(), inhabitants: z.int() }) }),
    });
    expect(output).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("embeds, to the values that the sandbox gives", async () => {
    const door = await openDoor(doorName);
    const values = ["The ferry leaves at seven", "Bread is baked with flour"];
    const model = providerOf(door).embeddingModel("text-embedding-3-small");
    const { embeddings } = await embedMany({ model, values });
    expect(rounded(embeddings)).toEqual(await sandboxVectors(door.sandbox, values));
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("draws pictures as data", async () => {
    const door = await openDoor(doorName);
    const { image } = await generateImage({
      model: providerOf(door).imageModel("dall-e-3"),
      prompt: "A boat",
      size: "1024x1024",
      providerOptions: { laplas: { response_format: "b64_json" } },
    });
    expect(Buffer.from(image.uint8Array).toString("latin1", 1, 4)).toBe("PNG");
    expect(door.visits[0]?.headers.get("x-laplas-adjusted")).toContain("512x512");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("draws a picture that the model gives as data, which the gateway keeps and the SDK fetches from there", async () => {
    const door = await openDoor(doorName);
    const model = providerOf(door).imageModel("imagen-3.0-generate-002");
    const { image } = await generateImage({ model, prompt: "A boat" });
    expect(Buffer.from(image.uint8Array).toString("latin1", 1, 4)).toBe("PNG");
    expect(door.visits.slice(1).map(({ path }) => path.replace(/[^/]+$/, ""))).toEqual(
      doorName === "gateway" ? ["/images/"] : [],
    );
    expect(door.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });

  it("tells what breaks a stream", async () => {
    const door = await openDoor(doorName);
    door.sandbox.fault({ kind: "cut", afterChunks: 3 });
    const errors: unknown[] = [];
    const { fullStream } = streamText({
      model: providerOf(door)("gpt-4o-mini"),
      prompt: "Write 60 words about the sea",
      onError: ({ error }) => void errors.push(error),
    });
    await collect(fullStream);
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors[0]) + String(errors[0])).toContain("free_tier_network");
  });

  it("asks a spent day once with maxRetries 0", async () => {
    const door = await openDoor(doorName, { laplas: { tier: dayOf(16) } });
    const ask = { model: providerOf(door)("gpt-4o-mini"), prompt: "Hello", maxRetries: 0 };
    await generateText(ask);
    const thrown = await rejection(generateText(ask));
    expect(APICallError.isInstance(thrown)).toBe(true);
    expect(thrown).toMatchObject({ statusCode: 429, responseHeaders: { "retry-after": "43202" } });
    expect(door.statuses()).toEqual([200, 429]);
    expect(door.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });
});

// Both doors at the same time.
describe.concurrent.each(DOORS)("the Vercel AI SDK at a limit of the %s", (doorName) => {
  obeysLimits(doorName, {
    async ask(door, { prompt, model, maxTokens, image, apiKey }) {
      const file = { type: "file" as const, mediaType: "image/png", data: image ?? "" };
      const { text } = await generateText({
        model: providerOf(door, apiKey)(model),
        messages: [{ role: "user", content: image === undefined ? prompt : [{ type: "text", text: prompt }, file] }],
        maxOutputTokens: maxTokens,
      });
      return text;
    },
    error(thrown, { status, code, message }) {
      const last = RetryError.isInstance(thrown) ? thrown.lastError : thrown;
      expect(APICallError.isInstance(last)).toBe(true);
      expect(last).toMatchObject({ statusCode: status, message: expect.stringMatching(message) });
      expect((last as APICallError).responseBody).toContain(code);
    },
    // The SDK goes by the status alone; it waits for 2 and 4 s, since it obeys no retry-after above a minute.
    triesWhenSpent: 3,
  });
});
