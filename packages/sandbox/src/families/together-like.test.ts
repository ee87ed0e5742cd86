import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../index.js";
import { ask, eventsOf, post, type Reply } from "../testing/client.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
});
afterAll(() => sandbox.close());

const models = {
  together: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  minimax: "MiniMax-Text-01",
  gemini: "gemini-1.5-pro",
};
const families = Object.entries(models);
const send = (model: string, body: object, text = "Hi"): Promise<Reply> =>
  post(sandbox, "/chat/completions", { model, ...ask(text), ...body });

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const weather = { name: "get_weather", description: "Get the weather in a city", parameters };
const tools = [{ type: "function", function: weather }];
const call = { id: "c1", type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' } };
const asked = { role: "user", content: "What is the weather in Oslo?" };
const result = { role: "tool", content: "Sunny, 21 degrees", tool_call_id: "c1" };

describe.each(families)("what the %s schema refuses", (_, model) => {
  it.each([
    ["a developer message", { messages: [{ role: "developer", content: "Be kind." }] }],
    ["an unknown key in a message", { messages: [{ role: "user", content: "Hi", extra: 1 }] }],
    [
      "parts in a tool result",
      { messages: [asked, { role: "assistant", tool_calls: [call] }, { ...result, content: [] }] },
    ],
    ["a null content", { messages: [asked, { role: "assistant", content: null, tool_calls: [call] }, result] }],
    ["max_completion_tokens", { max_completion_tokens: 10 }],
    ["reasoning_effort", { reasoning_effort: "low" }],
    ["a tool without a description", { tools: [{ type: "function", function: { name: "f", parameters } }] }],
    ["a tool without a name", { tools: [{ type: "function", function: { description: "f", parameters } }] }],
    ["top_p of 0", { top_p: 0 }],
    ["max_tokens of 0", { max_tokens: 0 }],
    ["no messages", { messages: [] }],
  ])("%s", async (__, body) => {
    const { status, json } = await send(model, body);
    expect([status, json.message]).toEqual([400, expect.stringContaining("Body validation error!")]);
  });

  it("a result without its call, and more than 512 tokens", async () => {
    expect((await send(model, { messages: [asked, result] })).status).toBe(400);
    expect((await send(model, { max_tokens: 513 })).json.message).toContain("at most 512");
    expect(
      (
        await send(model, {
          messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:," } }] }],
        })
      ).json.message,
    ).toContain("image attachments");
  });
});

describe.each(families)("what the %s schema accepts", (_, model) => {
  it.each([
    [
      "system, parts, unknown keys at the root",
      {
        messages: [
          { role: "system", content: "Be kind." },
          { role: "user", content: [{ type: "text", text: "Hi" }] },
        ],
        user: "me",
      },
    ],
    ["both ends of its ranges", { temperature: 1, top_p: 1, max_tokens: 512, stop: ["a", "b", "c", "d", "e"] }],
    ["described tools, choices", { tools, tool_choice: "none" }],
  ])("%s", async (__, body) => {
    expect((await send(model, body)).status).toBe(201);
  });

  it("two turns with a tool, plain and streamed", async () => {
    const first = await send(model, { tools }, asked.content);
    const [choice] = first.json.choices;
    expect(choice.finish_reason).toBe("tool_calls");
    expect(JSON.parse(choice.message.tool_calls[0].function.arguments)).toEqual({ city: "Oslo" });
    const said = { role: "assistant", content: "", tool_calls: choice.message.tool_calls };
    const answered = { ...result, tool_call_id: choice.message.tool_calls[0].id };
    const second = await send(model, { tools, messages: [asked, said, answered] });
    expect(second.json.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "Sunny, 21 degrees." } });
    const streamed = eventsOf((await send(model, { tools, messages: [asked, said, answered], stream: true })).text);
    expect(JSON.parse(streamed.at(-2) ?? "").choices[0].finish_reason).toBe("stop");
  });

  it("a stop text, before which the answer ends", async () => {
    const { json } = await send(model, { stop: ", 4" }, "Count to 9");
    expect(json.choices[0]).toMatchObject({ message: { content: "1, 2, 3" }, finish_reason: "stop" });
  });
});

describe("what only some of them know", () => {
  it.each(["n", "seed", "logprobs", "stream_options", "response_format"])("%s", async (key) => {
    const values = {
      n: 2,
      seed: 7,
      logprobs: true,
      stream_options: { include_usage: true },
      response_format: { type: "json_object" },
    };
    const body = { [key]: values[key as keyof typeof values], ...(key === "stream_options" ? { stream: true } : {}) };
    const statuses = await Promise.all(
      families.map(
        async ([, model]) => (await post(sandbox, "/chat/completions", { model, ...ask("Hi"), ...body }, model)).status,
      ),
    );
    expect(statuses).toEqual([201, key === "response_format" ? 201 : 400, 400]);
  });

  it("temperatures up to 1 with MiniMax, up to 2 with Gemini", async () => {
    expect((await send(models.minimax, { temperature: 1.1 })).status).toBe(400);
    expect((await send(models.gemini, { temperature: 2 })).status).toBe(201);
    expect((await send(models.gemini, { temperature: 2.1 })).status).toBe(400);
    expect((await send(models.together, { temperature: 2.1 })).status).toBe(201);
  });

  it("top_p from 0.1 with Gemini, from 0.01 with the others", async () => {
    expect((await send(models.gemini, { top_p: 0.09 })).status).toBe(400);
    expect((await send(models.gemini, { top_p: 0.1 })).status).toBe(201);
    expect((await send(models.minimax, { top_p: 0.01 })).status).toBe(201);
  });

  it("strict tools: Gemini refuses the key, the others overlook it", async () => {
    const strict = { tools: [{ type: "function", function: { ...weather, strict: true } }] };
    expect((await send(models.gemini, strict)).status).toBe(400);
    expect((await send(models.together, strict)).status).toBe(201);
  });
});

describe("their answers", () => {
  it("have usage in a stream only where it can be asked for", async () => {
    const plain = await send(models.gemini, { stream: true });
    expect(plain.text).not.toContain('"usage"');
    const asking = await send(models.together, { stream: true, stream_options: { include_usage: true } });
    expect(JSON.parse(eventsOf(asking.text).at(-2) ?? "").usage.total_tokens).toBeGreaterThan(0);
  });

  it("end at 256 tokens with MiniMax and at 512 with the others when the body names no cap", async () => {
    const lengths = await Promise.all(
      families.map(
        async ([, model]) =>
          (await post(sandbox, "/chat/completions", { model, ...ask("Write 2000 words about the sea.") }, model)).json
            .choices[0],
      ),
    );
    expect(lengths.map((choice) => choice.message.content.length / 4)).toEqual([512, 256, 512]);
    expect(lengths.map((choice) => choice.finish_reason)).toEqual(["length", "length", "length"]);
  });

  it("have an empty list of tool calls from Together, and no such key from the others", async () => {
    const lists = await Promise.all(
      families.map(
        async ([, model]) =>
          (await post(sandbox, "/chat/completions", { model, ...ask("Hi") }, model)).json.choices[0].message.tool_calls,
      ),
    );
    expect(lists).toEqual([[], undefined, undefined]);
  });
});
