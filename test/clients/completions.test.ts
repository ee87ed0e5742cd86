import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { collect, DOORS, type Door, dayOf, openDoor, rejection } from "./open-gateway.ts";
import { expectOpenAIError } from "./openai-errors.ts";

function clientOf(door: Door): OpenAI {
  return new OpenAI({ baseURL: door.baseURL, apiKey: "unused", fetch: door.fetch });
}

const MODEL = "gpt-4o-mini";

describe.each(DOORS)("legacy completions of the openai package at the %s", (doorName) => {
  it("answer a prompt", async () => {
    const door = await openDoor(doorName);
    const { data, response } = await clientOf(door)
      .completions.create({ model: MODEL, prompt: "Hello", echo: false, best_of: 1, suffix: "", logprobs: null })
      .withResponse();
    expect(data).toMatchObject({
      object: "text_completion",
      choices: [{ text: expect.stringContaining("Hello there!"), index: 0, finish_reason: "stop", logprobs: null }],
      usage: { prompt_tokens: 8, completion_tokens: 10, total_tokens: 18 },
    });
    expect(response.headers.get("x-laplas-api-tokens")).toBe("16");
    expect(door.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });

  it("answer several prompts, n times each, in order", async () => {
    const door = await openDoor(doorName);
    const prompt = ["Hello", "Write 5 words about the sea"];
    const { choices, usage } = await clientOf(door).completions.create({ model: MODEL, prompt, n: 2 });
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(choices.map(({ text }) => text.includes("Hello there!"))).toEqual([true, true, false, false]);
    expect(usage).toMatchObject({ api_tokens: door.sandbox.used() });
    expect(door.sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it("stream, with the usage that was asked for at the end", async () => {
    const door = await openDoor(doorName);
    const stream = await clientOf(door).completions.create({
      model: MODEL,
      prompt: ["Write 20 words about the sea", "Hello"],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    const textOf = (wanted: number): string =>
      chunks.flatMap(({ choices }) => choices.flatMap(({ index, text }) => (index === wanted ? [text] : []))).join("");
    expect(textOf(0)).toContain("sea");
    expect(textOf(1)).toContain("Hello there!");
    expect(chunks.filter(({ usage }) => usage)).toEqual([chunks.at(-1)]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { api_tokens: door.sandbox.used() } });
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it.each([
    ["echo", { echo: true }],
    ["best_of", { best_of: 2 }],
    ["suffix", { suffix: "the end" }],
    ["logprobs", { logprobs: 5 }],
    ["prompt", { prompt: [[1, 2, 3]] }],
  ])("are refused, and never sent, for a %s that chat models can't serve", async (param, fields) => {
    const door = await openDoor(doorName);
    const thrown = await rejection(clientOf(door).completions.create({ model: MODEL, prompt: "Hello", ...fields }));
    expectOpenAIError(thrown, { status: 400, code: "free_tier_invalid_request", message: new RegExp(`"${param}`) });
    expect(thrown).toMatchObject({ param });
    expect(door.sandbox.counts().received).toBe(0);
  });

  it("end with a used-up day like chats, and with a 400 where the client asks for that", async () => {
    const door = await openDoor(doorName, { laplas: { tier: dayOf(16) } });
    const ask = (headers: Record<string, string>) =>
      clientOf(door).completions.create({ model: MODEL, prompt: "Hello" }, { headers });
    await ask({});
    const expected = { code: "free_tier_daily_quota", message: /will reset at/ };
    expectOpenAIError(await rejection(ask({})), { status: 429, ...expected });
    expectOpenAIError(await rejection(ask({ "x-laplas-quota-status": "400" })), { status: 400, ...expected });
    expect(door.statuses()).toEqual([200, 429, 400]);
    expect(door.sandbox.counts().received).toBe(1);
  });
});
