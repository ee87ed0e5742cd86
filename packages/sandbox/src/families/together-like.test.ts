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
const calling = (...calls: object[]) => ({ role: "assistant", tool_calls: calls });
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
    ["an assistant that says and calls nothing", { messages: [asked, { role: "assistant" }, asked] }],
    ["legacy functions", { functions: [weather] }],
    ["a legacy choice", { function_call: "auto" }],
    ["parallel_tool_calls", { tools, parallel_tool_calls: false }],
    ["top_logprobs", { top_logprobs: 2 }],
    ["reasoning", { reasoning: { effort: "low" } }],
    ["a tool choice of any", { tools, tool_choice: "any" }],
    ["allowed tools", { tools, tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools } } }],
    ["audio", { modalities: ["text", "audio"] }],
    ["a null where none is printed", { temperature: null }],
    ["a tool message with a name", { messages: [asked, calling(call), { ...result, name: "get_weather" }] }],
    ["Anthropic's system", { system: "Be kind." }],
  ])("%s", async (__, body) => {
    const { status, json } = await send(model, body);
    expect([status, json.message]).toEqual([400, expect.stringContaining("Body validation error!")]);
  });

  it.each([
    ["a call without its result", [asked, calling(call), asked], "did not have response messages: c1"],
    ["a result before its call", [asked, result, calling(call)], "preceeding message"],
    ["two results for one call", [asked, calling(call), result, result], "Duplicate value for 'tool_call_id' of 'c1'"],
    ["one id for two calls", [asked, calling(call, call), result], "Duplicate value for 'tool_call_id' of 'c1'"],
  ])("%s", async (__, messages, words) => {
    const { status, json } = await send(model, { tools, messages });
    expect([status, json.message]).toEqual([400, expect.stringContaining(words)]);
  });

  it("a choice without tools, or of none of them", async () => {
    expect((await send(model, { tool_choice: "auto" })).json.message).toContain("only allowed when 'tools'");
    const other = { type: "function", function: { name: "other" } };
    expect((await send(model, { tools, tool_choice: other })).json.message).toContain("'other' not found");
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
        store: true,
        prediction: { type: "content", content: "Hi" },
        modalities: ["text"],
      },
    ],
    ["both ends of its ranges", { temperature: 1, top_p: 1, max_tokens: 512 }],
    ["a call without words", { messages: [asked, calling(call), result], tools }],
    ["described tools, choices", { tools, tool_choice: "none" }],
  ])("%s", async (__, body) => {
    expect((await send(model, body)).status).toBe(201);
  });

  it("two turns with a tool, plain and streamed", async () => {
    const first = await send(model, { tools }, asked.content);
    const [choice] = first.json.choices;
    expect(choice.finish_reason).toBe("tool_calls");
    expect(JSON.parse(choice.message.tool_calls[0].function.arguments)).toEqual({ city: "Oslo" });
    const said = { role: "assistant", tool_calls: choice.message.tool_calls };
    const answered = { ...result, tool_call_id: choice.message.tool_calls[0].id };
    const second = await send(model, { tools, messages: [asked, said, answered] });
    expect(second.json.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "Sunny, 21 degrees." } });
    const streamed = eventsOf((await send(model, { tools, messages: [asked, said, answered], stream: true })).text);
    expect(JSON.parse(streamed.at(-2) ?? "").choices[0].finish_reason).toBe("stop");
  });
});

describe("what only some of them know", () => {
  it.each([
    ["n", [201, 400, 400]],
    ["seed", [201, 400, 400]],
    ["logprobs", [201, 400, 400]],
    ["stream_options", [201, 400, 400]],
    ["response_format", [201, 201, 400]],
    ["min_p", [201, 400, 400]],
    ["top_k", [201, 400, 400]],
    ["repetition_penalty", [201, 400, 400]],
    ["logit_bias", [201, 400, 201]],
    ["presence_penalty", [201, 400, 201]],
    ["frequency_penalty", [201, 400, 201]],
    ["stop", [201, 400, 201]],
    ["mask_sensitive_info", [400, 201, 400]],
  ])("%s", async (key, expected) => {
    const values = {
      n: 2,
      seed: 7,
      logprobs: true,
      min_p: 0.1,
      top_k: 40,
      repetition_penalty: 1.1,
      logit_bias: { 50256: -100 },
      presence_penalty: 2,
      frequency_penalty: -2,
      stop: ["a", "b", "c", "d", "e"],
      mask_sensitive_info: true,
      stream_options: { include_usage: true },
      response_format: { type: "json_object" },
    };
    const body = { [key]: values[key as keyof typeof values], ...(key === "stream_options" ? { stream: true } : {}) };
    const statuses = await Promise.all(
      families.map(
        async ([, model]) => (await post(sandbox, "/chat/completions", { model, ...ask("Hi"), ...body }, model)).status,
      ),
    );
    expect(statuses).toEqual(expected);
  });

  it("a stop text, before which the answer ends; Gemini takes five, Together any number", async () => {
    for (const model of [models.together, models.gemini]) {
      const { json } = await send(model, { stop: ", 4" }, "Count to 9");
      expect(json.choices[0]).toMatchObject({ message: { content: "1, 2, 3" }, finish_reason: "stop" });
    }
    const six = ["a", "b", "c", "d", "e", "f"];
    expect((await send(models.gemini, { stop: six })).status).toBe(400);
    expect((await send(models.together, { stop: six })).status).toBe(201);
  });

  it("seeds from 1 with Together", async () => {
    expect((await send(models.together, { seed: 0 })).status).toBe(400);
    expect((await send(models.together, { seed: 1 })).status).toBe(201);
  });

  it("empty texts: Together's models take them, MiniMax none, Gemini those of a call or a result", async () => {
    const empty = { messages: [{ role: "user", content: "" }] };
    const history = { tools, messages: [asked, { ...calling(call), content: "" }, { ...result, content: "" }] };
    const statuses = async (body: object) =>
      Promise.all(
        families.map(async ([, model]) => (await post(sandbox, "/chat/completions", { model, ...body }, model)).status),
      );
    expect(await statuses(empty)).toEqual([201, 400, 400]);
    expect(await statuses({ messages: [{ role: "user", content: [{ type: "text", text: "" }] }] })).toEqual([
      201, 400, 400,
    ]);
    expect(await statuses(history)).toEqual([201, 400, 201]);
  });

  it("formats with unknown keys, or names with blanks: refused where there are formats", async () => {
    const format = (json_schema: object) => ({ response_format: { type: "json_schema", json_schema } });
    for (const model of [models.together, models.minimax]) {
      expect((await send(model, format({ name: "answer", schema: parameters, strict: true }))).status).toBe(201);
      expect((await send(model, format({ name: "answer", schema: parameters, strict: null }))).status).toBe(400);
      expect((await send(model, format({ name: "an answer", schema: parameters }))).status).toBe(400);
      expect((await send(model, { response_format: { type: "json_object", schema: parameters } })).status).toBe(400);
    }
  });

  it("what Google wants of functions: a name that begins with a letter, given once, and nothing beside a call's two keys", async () => {
    const named = (name: string) => [{ type: "function", function: { ...weather, name } }];
    expect((await send(models.gemini, { tools: named("_get-weather2") })).status).toBe(201);
    expect((await send(models.gemini, { tools: named("2get") })).status).toBe(400);
    expect((await send(models.gemini, { tools: named("get weather") })).status).toBe(400);
    expect((await send(models.gemini, { tools: [...tools, ...tools] })).json.message).toContain("Duplicate function");
    const extra = { ...call, function: { ...call.function, extra: 1 } };
    expect((await send(models.gemini, { tools, messages: [asked, calling(extra), result] })).status).toBe(400);
    expect((await send(models.together, { tools, messages: [asked, calling(extra), result] })).status).toBe(201);
    expect((await send(models.gemini, { messages: [{ role: "system", content: "Be kind." }] })).status).toBe(400);
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
