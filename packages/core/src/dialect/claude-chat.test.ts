import { describe, expect, it, test } from "vitest";
import type { ChatModel } from "../catalog/model.js";
import { createPair, rejection } from "../testing/engine.js";
import { modelOf, read } from "../testing/requests.js";
import { claudeChat } from "./claude-chat.js";

const model = "claude-3-5-sonnet-latest";
function adapt(fields: object = {}, limit: number | null = 512) {
  return claudeChat.adaptRequest({
    request: read("chat", { model, ...fields }),
    model: modelOf(model) as ChatModel,
    limits: limit === null ? {} : { maxOutputTokens: limit },
    stream: "stream" in fields,
  });
}
const bodyOf = (fields: object) => adapt(fields).body;
const reported = (fields: object) => adapt(fields).adjustments.map(({ to }) => to);
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });
const call = (id: string, text = "{}") => ({ id, type: "function", function: { name: "f", arguments: text } });
const user = { role: "user", content: "Hi" };

describe("a conversation in Claude's shape", () => {
  it("has its instructions apart, from all places, in one text", () => {
    const messages = [
      { role: "system", content: "One." },
      user,
      {
        role: "developer",
        content: [
          { type: "text", text: "Two." },
          { type: "text", text: "Three." },
        ],
      },
      { role: "system", content: "" },
    ];
    expect(bodyOf({ messages })).toEqual({
      model,
      max_tokens: 512,
      system: "One.\n\nTwo.\n\nThree.",
      messages: [user],
    });
    expect(bodyOf({ system: [{ type: "text", text: "Zero." }], messages })).toMatchObject({
      system: "Zero.\n\nOne.\n\nTwo.\n\nThree.",
    });
    expect(bodyOf({ system: "", messages: [user] })).not.toHaveProperty("system");
  });

  it("of instructions alone is a question", () => {
    const messages = [{ role: "system", content: "Say hello." }];
    expect(bodyOf({ messages })).toEqual({
      model,
      max_tokens: 512,
      messages: [{ role: "user", content: "Say hello." }],
    });
    expect(reported({ messages })).toEqual(["messages=system_as_user_message"]);
  });

  it("takes turns: neighbours are put together, and results follow their calls", () => {
    const messages = [
      user,
      { role: "user", content: [{ type: "text", text: "there" }] },
      { role: "assistant", content: null, tool_calls: [call("1", '{"a":1}'), call("2", "")] },
      { role: "tool", tool_call_id: "1", content: "one" },
      { role: "tool", tool_call_id: "2", content: [{ type: "text", text: "two" }], name: "f" },
      user,
    ];
    const text = (words: string) => ({ type: "text", text: words });
    expect(bodyOf({ messages }).messages).toEqual([
      { role: "user", content: [text("Hi"), text("there")] },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "1", name: "f", input: { a: 1 } },
          { type: "tool_use", id: "2", name: "f", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "1", content: "one" },
          { type: "tool_result", tool_use_id: "2", content: [text("two")] },
          text("Hi"),
        ],
      },
    ]);
    expect(reported({ messages })).toEqual(["messages=without_names"]);
  });

  it("leaves out what says nothing, which the server refuses", () => {
    const messages = [
      user,
      { role: "assistant", content: "" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "" },
          { type: "text", text: "So?" },
        ],
      },
      { role: "user", content: [] },
      { role: "user", content: " \n" },
      user,
    ];
    expect(bodyOf({ messages }).messages).toEqual([
      user,
      { role: "assistant", content: [{ type: "text", text: "So?" }] },
      user,
    ]);
    expect(reported({ messages })).toEqual(["messages=without_empty"]);
    expect(() => adapt({ messages: [{ role: "user", content: "" }] })).toThrow(refusal("messages"));
  });

  it("keeps what was declined as what was said", () => {
    const messages = [user, { role: "assistant", content: null, refusal: "No." }, user];
    expect(bodyOf({ messages }).messages).toMatchObject([user, { role: "assistant", content: "No." }, user]);
  });

  it("takes Anthropic's own blocks as they are, and pictures as data", () => {
    const blocks = [
      { type: "thinking", thinking: "Hm.", signature: "s" },
      { type: "redacted_thinking", data: "x" },
      { type: "tool_use", id: "1", name: "f", input: {} },
    ];
    const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const result = { type: "tool_result", tool_use_id: "1", content: "a" };
    const messages = [
      { role: "user", content: [picture] },
      { role: "assistant", content: blocks },
      { role: "user", content: [result] },
    ];
    expect(bodyOf({ messages }).messages).toEqual([
      { role: "user", content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }] },
      { role: "assistant", content: blocks },
      { role: "user", content: [result] },
    ]);
  });

  test.each<[string, object, string]>([
    ["a function's result", { role: "function", name: "f", content: "1" }, "messages[0].role"],
    ["a call that was cut", { role: "assistant", tool_calls: [call("1", '{"a"')] }, "messages[0].tool_calls"],
    ["a call with a list", { role: "assistant", tool_calls: [call("1", "[1]")] }, "messages[0].tool_calls"],
    ["a call with no arguments at all", { role: "assistant", tool_calls: [{ id: "1" }] }, "messages[0].tool_calls"],
    [
      "a picture's address",
      { role: "user", content: [{ type: "image_url", image_url: { url: "http://a" } }] },
      "messages[0].content",
    ],
    [
      "a picture as TIFF",
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/tiff;base64,A" } }] },
      "messages[0].content",
    ],
    ["sound", { role: "user", content: [{ type: "input_audio" }] }, "messages[0].content"],
    [
      "a mark on a text",
      { role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }] },
      "messages[0].content[0].cache_control",
    ],
    ["an older call", { role: "assistant", content: "", function_call: { name: "f" } }, "messages[0].function_call"],
    ["instructions as a picture", { role: "system", content: [{ type: "image", source: {} }] }, "messages[0].content"],
  ])("has no place for %s", (_, message, param) => {
    expect(() => adapt({ messages: [message] })).toThrow(refusal(param));
    expect(() => adapt({ messages: [message] })).toThrow(new RegExp(model));
  });
});

describe("Claude's root", () => {
  it("gets tools and the choice among them in Anthropic's shape", () => {
    const parameters = { properties: { a: { type: "string" } } };
    const tools = [
      { type: "function", function: { name: "f", description: "d", parameters, strict: true } },
      { type: "function", function: { name: "g" } },
    ];
    expect(bodyOf({ tools, tool_choice: "required", stop: "END" })).toMatchObject({
      tools: [
        { name: "f", description: "d", input_schema: { type: "object", ...parameters } },
        { name: "g", description: "g", input_schema: { type: "object", properties: {} } },
      ],
      tool_choice: { type: "any" },
      stop_sequences: ["END"],
    });
    expect(reported({ tools })).toEqual(["tools=described_by_name", "tools=without_strict"]);
    expect(bodyOf({ tools: [], tool_choice: "none" })).toEqual({ model, max_tokens: 512, messages: expect.anything() });
  });

  test.each<[unknown, object]>([
    ["auto", { type: "auto" }],
    ["none", { type: "none" }],
    [
      { type: "function", function: { name: "f" } },
      { type: "tool", name: "f" },
    ],
    [
      { type: "tool", name: "f" },
      { type: "tool", name: "f" },
    ],
  ])("takes the choice %o as %o", (choice, expected) => {
    expect(bodyOf({ tool_choice: choice })).toMatchObject({ tool_choice: expected });
  });

  test.each<[object, string]>([
    [{ tool_choice: "sometimes" }, "tool_choice"],
    [{ n: 2 }, "n"],
    [{ seed: 1 }, "seed"],
    [{ logprobs: true }, "logprobs"],
    [{ presence_penalty: 1 }, "presence_penalty"],
    [{ temperature: 1.1 }, "temperature"],
    [{ response_format: { type: "json_object" } }, "response_format"],
    [{ parallel_tool_calls: false }, "parallel_tool_calls"],
    [{ made_up: 1 }, "made_up"],
    [{ tools: [{ type: "function", function: { name: "f", mood: "x" } }] }, "tools[0].function.mood"],
  ])("refuses %o by name, and names the model", (fields, param) => {
    expect(() => adapt(fields)).toThrow(refusal(param));
    expect(() => adapt(fields)).toThrow(new RegExp(model));
  });

  it("leaves out what says nothing, reports a user, and keeps what the published schema has", () => {
    const nothing = {
      n: 1,
      logprobs: false,
      presence_penalty: 0,
      thinking: { type: "disabled" },
      response_format: { type: "text" },
    };
    expect(adapt({ ...nothing, stream_options: { include_usage: true } })).toEqual({
      body: { model, max_tokens: 512, messages: [{ role: "user", content: "Hello" }] },
      adjustments: [],
    });
    expect(reported({ user: "u1" })).toEqual(["user=removed"]);
    expect(bodyOf({ frequency_penalty: 0.5, top_k: 3 })).toMatchObject({ frequency_penalty: 0.5, top_k: 3 });
  });
});

describe("thinking", () => {
  const thinking = { type: "enabled", budget_tokens: 8_000 };
  const request = { model: "claude-3-7-sonnet-latest", messages: [{ role: "user", content: "Why?" }], thinking };

  it("is fatal on the free tier, naming both rules, and sends nothing", async () => {
    const { laplas, sandbox } = await createPair();
    const error = await rejection(laplas.chat(request));
    expect(error).toMatchObject({ code: "output_tokens", param: "thinking", rule: "output_tokens", retryable: false });
    expect((error as Error).message).toMatch(/1024.*model's own rule.*512.*rule output_tokens/);
    expect(sandbox.requests).toEqual([]);
    await laplas.chat({ ...request, thinking: { type: "disabled" } });
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("passes on a paid tier, with room for the answer beside it, and can be sent back", async () => {
    const { laplas, sandbox } = await createPair({ tier: "paid" }, { rules: { maxOutputTokens: null } });
    const answer = await laplas.chat(request);
    expect(answer.choices[0]?.message.reasoning_content).toMatch(/\w/);
    expect(sandbox.requests[0]?.body).toMatchObject({ max_tokens: 12_096, thinking });
    const message = answer.choices[0]?.message ?? { role: "assistant", content: "" };
    await laplas.chat({ ...request, messages: [...request.messages, message, { role: "user", content: "Go on" }] });
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });
});

describe("Claude's answers", () => {
  const answer = (choices: unknown) => ({ id: "1", object: "chat.completion", created: 1, model, choices }) as never;
  test.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["tool_use", "tool_calls"],
    ["stop", "stop"],
    ["constructor", "constructor"],
    [null, null],
  ])("end with %s as %s", (reason, expected) => {
    const { choices } = claudeChat.readAnswer(answer([{ index: 0, finish_reason: reason }]));
    expect(choices[0]?.finish_reason).toBe(expected);
  });

  test.each([undefined, null, [], [null], [{ index: 0 }]])("with choices %o pass as they came", (choices) => {
    const given = answer(choices);
    expect(claudeChat.readChunk(given)).toBe(given);
    expect(claudeChat.readAnswer(given)).toBe(given);
  });
});
