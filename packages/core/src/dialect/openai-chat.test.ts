import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { ChatModel } from "../catalog/model.js";
import { rejection } from "../testing/engine.js";
import { modelOf, read } from "../testing/requests.js";
import { decodeBase64Floats, encodeBase64Floats } from "./base64-floats.js";
import { openaiChat } from "./openai-chat.js";

const chatModel = (name: string) => modelOf(name) as ChatModel;
const adapt = (fields: object, model = "gpt-4o-mini", limit: number | null = 512) =>
  openaiChat.adaptRequest({
    request: read("chat", { model, ...fields }),
    model: chatModel(model),
    limits: limit === null ? {} : { maxOutputTokens: limit },
    stream: "stream" in fields,
  });
const refusal = async (fields: object): Promise<unknown> => await rejection((async () => adapt(fields))());

describe("the OpenAI dialect", () => {
  it("changes nothing but the limit, and keeps what it does not know", () => {
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "text", text: "Hi" }], name: "ann" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", content: "", tool_call_id: "1" },
    ];
    const fields = { messages, temperature: 0, stop: "", logprobs: false, made_up: { a: 1 } };
    expect(adapt(fields)).toEqual({
      body: { model: "gpt-4o-mini", max_tokens: 512, ...fields },
      adjustments: [],
    });
  });

  test.each<[object, string, string]>([
    [{ max_tokens: 9 }, "gpt-4o-mini", "max_tokens"],
    [{ max_completion_tokens: 9 }, "o3-mini", "max_completion_tokens"],
    [{ max_tokens: 9 }, "o3-mini", "max_completion_tokens"],
  ])("writes the limit of %o for %s once, as %s", (fields, model, name) => {
    const { body } = adapt(fields, model, 9);
    const written = Object.entries(body).filter(([key]) => key.startsWith("max_"));
    expect(written).toEqual([[name, 9]]);
  });

  it("writes no limit where there is none", () => {
    const { body } = adapt({}, "gpt-4o-mini", null);
    expect(Object.keys(body)).toEqual(["model", "messages"]);
  });

  it("takes nulls for fields that are not there, except as content", () => {
    const message = { role: "assistant", content: null, name: null, tool_calls: undefined, refusal: null };
    const { body, adjustments } = adapt({ stop: null, tools: undefined, messages: [message] });
    expect(body).toEqual({ model: "gpt-4o-mini", max_tokens: 512, messages: [{ role: "assistant", content: null }] });
    expect(adjustments).toEqual([]);
  });

  it("takes off what only answers have, and says so; anything else unknown is an error that names the place", async () => {
    const answered = { role: "assistant", content: "Hi", annotations: [], reasoning_content: "hm" };
    expect(adapt({ messages: [answered] })).toMatchObject({
      body: { messages: [{ role: "assistant", content: "Hi" }] },
      adjustments: [{ rule: "dialect", to: "messages=without_answer_fields" }],
    });
    expect(await refusal({ messages: [{ role: "user", content: "Hi", cache_control: { type: "x" } }] })).toMatchObject({
      code: "invalid_request",
      param: "messages[0].cache_control",
      message: 'messages[0] has a field "cache_control", which "gpt-4o-mini" does not take. Leave it out.',
    });
  });

  it("moves instructions into the first user message for models without a system role, losing none", () => {
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "assistant", content: "Hello." },
      { role: "user", content: "Hi" },
      { role: "developer", content: [{ type: "text", text: "Be kind." }] },
    ];
    expect(adapt({ messages }, "o1-mini")).toMatchObject({
      body: {
        messages: [
          { role: "assistant", content: "Hello." },
          { role: "user", content: "Be brief.\n\nBe kind.\n\nHi" },
        ],
      },
      adjustments: [{ to: "messages=system_in_first_user_message" }],
    });
    expect(adapt({ messages: messages.slice(0, 1) }, "o1-mini").body.messages).toEqual([
      { role: "user", content: "Be brief." },
    ]);
  });

  it("takes off what calls put together from a stream have, and names what would be lost inside them", async () => {
    const plain = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
    const assistant = (call: object) => ({ messages: [{ role: "assistant", content: null, tool_calls: [call] }] });
    expect(adapt(assistant({ index: 0, ...plain }))).toMatchObject({
      body: assistant(plain),
      adjustments: [{ to: "messages=without_answer_fields" }],
    });
    expect(adapt(assistant({ index: 0, ...plain })).body.messages).toEqual(assistant(plain).messages);
    expect(await refusal(assistant({ ...plain, mood: "x" }))).toMatchObject({
      code: "invalid_request",
      param: "messages[0].tool_calls[0].mood",
    });
    expect(await refusal(assistant({ ...plain, function: { ...plain.function, mood: "x" } }))).toMatchObject({
      param: "messages[0].tool_calls[0].function.mood",
    });
  });

  it("has content in the parts that a role takes, and nothing empty", async () => {
    const { body, adjustments } = adapt({
      messages: [
        { role: "user", content: [{ type: "text", text: "Hi", annotations: [], id: null }] },
        { role: "assistant", content: [], tool_calls: [] },
        { role: "tool", tool_call_id: "1", content: null },
      ],
    });
    expect(body.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      { role: "assistant", content: "" },
      { role: "tool", tool_call_id: "1", content: "" },
    ]);
    expect(adjustments).toEqual([]);
    for (const [message, param] of [
      [{ role: "user" }, "messages[0].content"],
      [{ role: "assistant", content: [{ type: "thinking", thinking: "Hm" }] }, "messages[0].content"],
      [{ role: "tool", tool_call_id: "1", content: [{ type: "file" }] }, "messages[0].content"],
      [{ role: "user", content: [{ type: "text", text: "a", mood: "x" }] }, "messages[0].content[0].mood"],
      [{ role: "user", content: "a", tool_call_id: "1" }, "messages[0].tool_call_id"],
    ] as const) {
      expect(await refusal({ messages: [message] })).toMatchObject({ code: "invalid_request", param });
    }
  });

  it("leaves a role to the server that nobody knows, whatever its name", () => {
    for (const role of ["critic", "constructor", "__proto__"]) {
      const messages = [{ role, content: "Hi" }];
      expect(adapt({ messages }).body.messages).toEqual(messages);
    }
  });

  test.each<[object, string]>([
    [{ n: 1.5 }, "n"],
    [{ n: 129 }, "n"],
    [{ seed: 0.5 }, "seed"],
    [{ top_logprobs: 21 }, "top_logprobs"],
    [{ stop: ["a", "b", "c", "d", "e"] }, "stop"],
    [{ tools: [{ type: "function", function: { name: "a.b" } }] }, "tools[0].function.name"],
    [{ tools: "f" }, "tools"],
  ])("names %o, which its server refuses", async (fields, param) => {
    expect(await refusal(fields)).toMatchObject({ code: "invalid_request", param });
    expect(((await refusal(fields)) as Error).message).toMatch(/"gpt-4o-mini"|"tools"/);
  });

  it("judges no id that the catalog does not know by these bounds", () => {
    const fields = { model: "my/model", n: 500, stop: ["a", "b", "c", "d", "e"], tools: [{ type: "web_search" }] };
    expect(
      openaiChat.adaptRequest({ request: read("chat", fields), model: undefined, limits: {}, stream: false }).body,
    ).toMatchObject(fields);
  });

  it("always asks for a stream's usage", () => {
    expect(adapt({ stream: true, stream_options: { include_usage: false, x: 1 } }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true, x: 1 },
    });
  });
});

describe("vectors in base64", () => {
  it("come back as they went, to 32 bits", () => {
    const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 50 });
    fc.assert(
      fc.property(vector, (values) => void expect(decodeBase64Floats(encodeBase64Floats(values))).toEqual(values)),
    );
  });
});
