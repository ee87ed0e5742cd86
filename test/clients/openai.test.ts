import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { obeysLimits } from "./limits.ts";
import { collect, DOORS, type Door, dayOf, openDoor, rejection, rounded, sandboxVectors } from "./open-gateway.ts";
import { expectOpenAIError } from "./openai-errors.ts";

function clientOf(door: Door, apiKey = "unused"): OpenAI {
  return new OpenAI({ baseURL: door.baseURL, apiKey, fetch: door.fetch });
}

describe.each(DOORS)("the openai package at the %s", (doorName) => {
  it("answers a chat", async () => {
    const door = await openDoor(doorName);
    const { data, response } = await clientOf(door)
      .chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain("Hello there!");
    // Model tokens: 16 API tokens at 0.315 and 1.26 each.
    expect(data.usage).toMatchObject({ prompt_tokens: 8, completion_tokens: 10, total_tokens: 18, api_tokens: 16 });
    expect(response.headers.get("x-laplas-api-tokens")).toBe("16");
    expect(response.headers.get("x-laplas-usage")).toBe("tokens");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("streams, with the usage that was asked for in a last chunk of its own", async () => {
    const door = await openDoor(doorName);
    const stream = await clientOf(door).chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Write 60 words about the sea" }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    expect(chunks.length).toBeGreaterThan(10);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toContain("sea");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { api_tokens: door.sandbox.used() } });
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it.each(["claude-3-haiku-20240307", "gemini-2.0-flash-exp", "o1"])(
    "streams usage that was asked for of %s",
    async (model) => {
      const door = await openDoor(doorName);
      const { data, response } = await clientOf(door)
        .chat.completions.create({
          model,
          messages: [{ role: "user", content: "Hello" }],
          stream: true,
          stream_options: { include_usage: true },
        })
        .withResponse();
      expect(response.headers.get("x-laplas-usage")).toBe("tokens");
      const chunks = await collect(data);
      expect(chunks.filter(({ usage }) => usage)).toEqual([chunks.at(-1)]);
      const { prompt_tokens: prompt = 0, completion_tokens: completion = 0, ...usage } = chunks.at(-1)?.usage ?? {};
      expect(prompt).toBeGreaterThan(0);
      expect(completion).toBeGreaterThan(0);
      expect(usage).toMatchObject({
        total_tokens: prompt + completion,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: expect.any(Number) },
        api_tokens: expect.any(Number),
      });
    },
  );

  it("streams without a chunk that has no choice where no usage was asked for", async () => {
    const door = await openDoor(doorName);
    const stream = clientOf(door).chat.completions.stream({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Hello" }],
    });
    for await (const { choices } of stream) expect(choices).toHaveLength(1);
    expect(await stream.finalContent()).toContain("Hello there!");
  });

  it("calls a tool and takes its result in a second turn", async () => {
    const door = await openDoor(doorName);
    const asked: string[] = [];
    const runner = clientOf(door).chat.completions.runTools({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "What is the weather in Lisbon?" }],
      tools: [
        {
          type: "function",
          function: {
            name: "get_weather",
            description: "Current weather of a city",
            parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
            function: (text: string) => {
              const { city } = JSON.parse(text) as { city: string };
              asked.push(city);
              return `It is 18 degrees and sunny in ${city}.`;
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toContain("18 degrees and sunny in Lisbon");
    expect(asked).toEqual(["Lisbon"]);
    expect(door.statuses()).toEqual([200, 200]);
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("parses an answer by a zod schema", async () => {
    const door = await openDoor(doorName);
    const place = z.object({ name: z.string(), inhabitants: z.int() });
    const { choices } = await clientOf(door).chat.completions.parse({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Reykjavik, a city in Iceland, has 140,000 inhabitants." }],
      response_format: zodResponseFormat(place, "place"),
    });
    expect(choices[0]?.message.parsed).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("embeds, to the values that the sandbox gives", async () => {
    const door = await openDoor(doorName);
    const input = ["The ferry leaves at seven", "Bread is baked with flour"];
    const { data } = await clientOf(door).embeddings.create({ model: "text-embedding-3-small", input });
    expect(rounded(data.map(({ embedding }) => embedding))).toEqual(await sandboxVectors(door.sandbox, input));
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("draws pictures, with an address or as data", async () => {
    const door = await openDoor(doorName);
    const { images } = clientOf(door);
    const { data = [] } = await images.generate({ model: "flux/schnell", prompt: "A boat", size: "512x512", n: 2 });
    expect(data).toHaveLength(2);
    const picture = await fetch(data[0]?.url ?? "");
    expect(picture.headers.get("content-type")).toBe("image/png");
    const drawn = await images.generate({ model: "dall-e-3", prompt: "A boat", response_format: "b64_json" });
    expect(Buffer.from(drawn.data?.[0]?.b64_json ?? "", "base64").toString("latin1", 1, 4)).toBe("PNG");
    expect(door.visits.at(-1)?.headers.get("x-laplas-adjusted")).toBe("size=512x512");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("lists the models, and finds one with a slash in its name", async () => {
    const { models } = clientOf(await openDoor(doorName));
    expect((await collect(models.list())).map(({ id }) => id)).toContain("gpt-4o-mini");
    expect(await models.retrieve("flux/schnell")).toMatchObject({ id: "flux/schnell" });
  });

  it("throws what breaks a stream", async () => {
    const door = await openDoor(doorName);
    door.sandbox.fault({ kind: "cut", afterChunks: 3 });
    const stream = await clientOf(door).chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Write 60 words about the sea" }],
      stream: true,
    });
    const thrown = await rejection(collect(stream));
    expect(thrown).toBeInstanceOf(OpenAI.APIError);
    expect(thrown).toMatchObject({ code: "free_tier_network" });
  });

  it("hears of a spent day before a stream begins", async () => {
    const door = await openDoor(doorName, { laplas: { tier: dayOf(16) } });
    const ask = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }], stream: true } as const;
    await collect(await clientOf(door).chat.completions.create({ ...ask, messages: [...ask.messages] }));
    const thrown = await rejection(clientOf(door).chat.completions.create({ ...ask, messages: [...ask.messages] }));
    expectOpenAIError(thrown, { status: 429, code: "free_tier_daily_quota", message: /will reset at/ });
    expect(door.statuses()).toEqual([200, 429]);
    expect(door.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });

  it("hears of a day that the upstream calls spent, which is asked no more until the reset", async () => {
    const door = await openDoor(doorName, { sandbox: { rules: { dailyApiTokens: 16 } } });
    const hello = () =>
      clientOf(door).chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    await hello();
    for (const _ of [1, 2, 3]) {
      const expected = { status: 429, code: "free_tier_daily_quota", message: /will reset at 2026-03-11/ };
      expectOpenAIError(await rejection(hello()), expected);
    }
    expect(door.statuses()).toEqual([200, 429, 429, 429]);
    // The one refusal that nothing foretold.
    expect(door.sandbox.counts()).toMatchObject({ received: 2, answered: 1, refused: 1 });
  });

  obeysLimits(doorName, {
    async ask(door, { prompt, model, maxTokens, image, apiKey }) {
      const parts = [
        { type: "text" as const, text: prompt },
        { type: "image_url" as const, image_url: { url: image ?? "" } },
      ];
      const { choices } = await clientOf(door, apiKey).chat.completions.create({
        model,
        messages: [{ role: "user", content: image === undefined ? prompt : parts }],
        ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      });
      return choices[0]?.message.content ?? "";
    },
    error: expectOpenAIError,
  });
});
