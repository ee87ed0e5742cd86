import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, paidRules, type Sandbox } from "../index.js";
import { ask, eventsOf, post, type Reply } from "../testing/client.js";

let sandbox: Sandbox;
let paid: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
  paid = await createSandbox({ rules: paidRules });
});
afterAll(() => Promise.all([sandbox.close(), paid.close()]));

const model = "claude-3-7-sonnet-20250219";
const send = (body: object, text = "Hi", to = sandbox): Promise<Reply> =>
  post(to, "/chat/completions", { model, ...ask(text), ...body });

const weather = {
  name: "get_weather",
  description: "Get the weather in a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const asked = { role: "user", content: "What is the weather in Oslo?" };
const use = (id: string) => ({ type: "tool_use", id, name: "get_weather", input: { city: "Oslo" } });
const result = (id: string, content: unknown = "Sunny, 21 degrees") => ({
  type: "tool_result",
  tool_use_id: id,
  content,
});
const thinking = (budget: unknown) => ({ thinking: { type: "enabled", budget_tokens: budget } });
const thought = { ...thinking(1024), max_tokens: 2000 };
const saying = (...content: object[]) => ({ role: "assistant", content });
const answered = [asked, saying(use("a")), { role: "user", content: [result("a")] }];
const picture = { type: "image", source: { type: "base64", media_type: "image/png", data: "aGk=" } };

describe("what the Claude schema refuses", () => {
  it.each([
    ["a system message", { messages: [{ role: "system", content: "Be kind." }, ...ask("Hi").messages] }],
    ["a tool message", { messages: [{ role: "tool", content: "x", tool_call_id: "c" }] }],
    ["system in blocks", { system: [{ type: "text", text: "Be kind." }] }],
    ["n", { n: 1 }],
    ["seed", { seed: 1 }],
    ["stop", { stop: ["x"] }],
    ["response_format", { response_format: { type: "text" } }],
    ["stream_options", { stream: true, stream_options: { include_usage: true } }],
    ["max_completion_tokens", { max_completion_tokens: 10 }],
    ["any unknown key", { user: "me" }],
    ["OpenAI's tools", { tools: [{ type: "function", function: { name: "f", description: "f", parameters: {} } }] }],
    ["a tool without a schema", { tools: [{ name: "f" }] }],
    ["an unknown key in a tool", { tools: [{ ...weather, strict: true }] }],
    ["OpenAI's tool choice", { tools: [weather], tool_choice: "auto" }],
    ["a choice of no tool by name", { tools: [weather], tool_choice: { type: "tool" } }],
    [
      "an unknown key in a text block",
      { messages: [{ role: "user", content: [{ type: "text", text: "Hi", cache_control: {} }] }] },
    ],
    ["an empty message", { messages: [{ role: "user", content: "" }] }],
    ["a blank message", { messages: [{ role: "user", content: " \n" }] }],
    ["a blank text block", { messages: [{ role: "user", content: [{ type: "text", text: " " }] }] }],
    ["a call's id with a colon", { messages: [asked, { role: "assistant", content: [use("functions.f:0")] }] }],
    ["a tool's name with a dot", { tools: [{ ...weather, name: "get.weather" }] }],
    ["a tool's name of 65 characters", { tools: [{ ...weather, name: "x".repeat(65) }] }],
    ["a blank stop text", { stop_sequences: ["\n"] }],
    ["top_p above 1", { top_p: 1.1 }],
    ["broken max_tokens", { max_tokens: 1.5 }],
    ["null where something is optional", { temperature: null }],
    ["legacy functions", { functions: [{ name: "f", parameters: {} }] }],
    ["reasoning_effort", { reasoning_effort: "low" }],
    ["parallel_tool_calls", { tools: [weather], parallel_tool_calls: false }],
    ["a temperature above 1", { temperature: 1.01 }],
    ["a thinking budget of 1023", { ...thinking(1023), max_tokens: 2000 }],
    ["a thinking budget of max_tokens", { ...thinking(1024), max_tokens: 1024 }],
    ["thinking without max_tokens, which is 512 then", thinking(1024)],
  ])("%s", async (_, body) => {
    const { status, json } = await send(body, "Hi", paid);
    expect([status, json.message]).toEqual([400, expect.stringContaining("Body validation error!")]);
  });

  it.each([
    [
      "a call without its result",
      [asked, { role: "assistant", content: [use("a")] }, { role: "user", content: "Go on" }],
      "without `tool_result` blocks immediately after: a",
    ],
    ["a call at the end", [asked, { role: "assistant", content: [use("a")] }], "immediately after: a"],
    [
      "one result for two calls",
      [asked, { role: "assistant", content: [use("a"), use("b")] }, { role: "user", content: [result("a")] }],
      "immediately after: b",
    ],
    ["a result without its call", [asked, { role: "user", content: [result("a")] }], "unexpected `tool_use_id`"],
    [
      "a result one message late",
      [asked, { role: "assistant", content: [use("a")] }, asked, { role: "user", content: [result("a")] }],
      "immediately after: a",
    ],
    ["a call of the user", [{ role: "user", content: [use("a")] }], "only be in `assistant` messages"],
    [
      "a result before its call",
      [{ role: "user", content: [result("a")] }, saying(use("a"))],
      "unexpected `tool_use_id`",
    ],
    [
      "two results for one call",
      [asked, saying(use("a")), { role: "user", content: [result("a"), result("a")] }],
      "must have a single result",
    ],
    ["one id for two calls", [asked, saying(use("a"), use("a")), { role: "user", content: [result("a")] }], "unique"],
    [
      "text between a call and its result",
      [asked, saying(use("a")), { role: "user", content: [{ type: "text", text: "Well" }, result("a")] }],
      "immediately after: a",
    ],
    [
      "a last word that ends in a blank",
      [asked, { role: "assistant", content: "The weather is " }],
      "trailing whitespace",
    ],
  ])("%s", async (_, messages, words) => {
    const { status, json } = await send({ tools: [weather], messages });
    expect([status, json.message]).toEqual([400, expect.stringContaining(words)]);
  });

  it.each([
    ["calls in the history without tools", { messages: answered }, "must define tools"],
    ["a choice without tools", { tool_choice: { type: "auto" } }, "while providing tools"],
    [
      "a choice of a tool that is not there",
      { tools: [weather], tool_choice: { type: "tool", name: "f" } },
      "'f' not found",
    ],
    ["two tools of one name", { tools: [weather, weather] }, "must be unique"],
    [
      "alternatives at the root of a schema",
      { tools: [{ ...weather, input_schema: { type: "object", anyOf: [{ required: ["city"] }] } }] },
      "at the top level",
    ],
    ["a forced tool while thinking", { ...thought, tools: [weather], tool_choice: { type: "any" } }, "forces tool use"],
    ["a temperature while thinking", { ...thought, temperature: 0.5 }, "`temperature` may only be set to 1"],
    ["top_k while thinking", { ...thought, top_k: 1 }, "`top_k` must be unset"],
    [
      "a last word to be continued while thinking",
      { ...thought, messages: [asked, { role: "assistant", content: "It is" }] },
      "must start with a thinking block",
    ],
  ])("%s", async (_, body, words) => {
    const { status, json } = await send(body, "Hi", paid);
    expect([status, json.message]).toEqual([400, expect.stringContaining(words)]);
  });

  it("images on the free tier, in tool results too", async () => {
    const inResult = {
      tools: [weather],
      messages: [
        asked,
        { role: "assistant", content: [use("a")] },
        { role: "user", content: [result("a", [picture])] },
      ],
    };
    for (const body of [{ messages: [{ role: "user", content: [picture] }] }, inResult]) {
      expect((await send(body)).json.message).toContain("image attachments are not supported");
      expect((await send(body, "", paid)).status).toBe(201);
    }
  });

  it("thinking on the free tier, because it can't fit", async () => {
    expect((await send({ ...thinking(1024), max_tokens: 1025 })).json.message).toContain("at most 512");
    expect((await send({ ...thinking(1024), max_tokens: 512 })).status).toBe(400);
  });
});

describe("what the Claude schema accepts", () => {
  it.each([
    [
      "everything that it names",
      {
        system: "Be kind.",
        max_tokens: 512,
        stop_sequences: ["x"],
        temperature: 1,
        top_p: 0.5,
        top_k: 40,
        metadata: { user_id: "me" },
        tools: [weather],
        tool_choice: { type: "auto" },
      },
    ],
    ["a choice of any tool", { tools: [weather], tool_choice: { type: "any" } }],
    ["a choice of none", { tools: [weather], tool_choice: { type: "none" } }],
    ["one call at a time", { tools: [weather], tool_choice: { type: "auto", disable_parallel_tool_use: true } }],
    ["calls in the history, with their tools", { tools: [weather], messages: answered }],
    [
      "results in neighbouring messages, text after them, an empty result",
      {
        tools: [weather],
        messages: [
          asked,
          saying(use("a"), use("b")),
          { role: "user", content: [result("a", "")] },
          { role: "user", content: [result("b"), { type: "text", text: "Go on" }] },
        ],
      },
    ],
    ["a last word to be continued", { messages: [asked, { role: "assistant", content: "The weather is" }] }],
    ["blocks of text", { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] }],
    [
      "thinking that comes back",
      {
        messages: [
          asked,
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Hm.", signature: "s" },
              { type: "text", text: "Sunny." },
            ],
          },
          asked,
        ],
      },
    ],
  ])("%s", async (_, body) => {
    expect((await send(body)).status).toBe(201);
  });
});

describe("Claude's answers", () => {
  it("come in OpenAI's envelope and end with end_turn", async () => {
    const { json } = await send({}, "Hello");
    expect(json).toMatchObject({
      object: "chat.completion",
      choices: [
        {
          finish_reason: "end_turn",
          message: { role: "assistant", content: "Hello there! How can I help you today?", tool_calls: [] },
        },
      ],
      usage: { prompt_tokens: 50, completion_tokens: 315 },
    });
    const shared = await send({ model: "anthropic/claude-3.7-sonnet" }, "Hello");
    expect(shared.json.usage).toMatchObject({ prompt_tokens: 50, completion_tokens: 1323 });
  });

  it("read the system prompt", async () => {
    const system = "Context:\nThe shop opens at nine on weekdays. It sells boats.";
    expect((await send({ system }, "When does the shop open?")).json.choices[0].message.content).toBe(
      "The shop opens at nine on weekdays.",
    );
  });

  it("call tools as OpenAI does, and answer from two results in the second turn", async () => {
    const first = await send({ tools: [weather] }, asked.content);
    expect(first.json.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: null,
        tool_calls: [{ type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' } }],
      },
    });
    const messages = [
      asked,
      { role: "assistant", content: [{ type: "text", text: "I look." }, use("a"), use("b")] },
      { role: "user", content: [result("a"), result("b", [{ type: "text", text: "Windy" }])] },
    ];
    const second = await send({ tools: [weather], messages });
    expect(second.json.choices[0].message.content).toBe("Sunny, 21 degrees. The result of get_weather is Windy.");
    expect(second.json.choices[0].finish_reason).toBe("end_turn");
    const named = await send(
      { tools: [weather], tool_choice: { type: "tool", name: "get_weather" } },
      "Bergen, please",
    );
    expect(named.json.choices[0].message.tool_calls[0].function.arguments).toBe('{"city":"Bergen"}');
  });

  it("end before a stop sequence", async () => {
    const { json } = await send({ stop_sequences: [", 7", ", 4"] }, "Count to 9");
    expect(json.choices[0]).toMatchObject({ message: { content: "1, 2, 3" }, finish_reason: "end_turn" });
  });

  it("are streamed without usage", async () => {
    const { text } = await send({ stream: true }, "Hello");
    const chunks = eventsOf(text)
      .slice(0, -1)
      .map((event) => JSON.parse(event));
    expect(chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("")).toBe(
      "Hello there! How can I help you today?",
    );
    expect(chunks.at(-1).choices[0].finish_reason).toBe("end_turn");
    expect(text).not.toContain('"usage"');
  });

  it("think when asked to, at the price of output", async () => {
    const without = await send({ max_tokens: 2000 }, "What is a monad?", paid);
    const withThinking = await send({ ...thinking(1024), max_tokens: 2000 }, "What is a monad?", paid);
    const [plain, thought] = [without.json, withThinking.json];
    expect(plain.choices[0].message).not.toHaveProperty("reasoning_content");
    expect(thought.choices[0].message.reasoning_content).toContain("monad");
    expect(thought.choices[0].message.content).toBe(plain.choices[0].message.content);
    expect(thought.usage.completion_tokens).toBeGreaterThan(plain.usage.completion_tokens + 31.5 * 30);
    expect(thought.usage.completion_tokens_details.reasoning_tokens).toBeGreaterThan(30);
  });
});
