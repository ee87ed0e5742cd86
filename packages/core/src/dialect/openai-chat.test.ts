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
  it("changes nothing but the limit", () => {
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "text", text: "Hi" }], name: "ann" },
      {
        role: "assistant",
        tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", content: "", tool_call_id: "1" },
    ];
    const fields = { messages, temperature: 0, stop: ["END"], logprobs: false, logit_bias: { "1": -100 } };
    expect(adapt(fields)).toEqual({
      body: { model: "gpt-4o-mini", max_tokens: 512, ...fields },
      adjustments: [],
      requests: 1,
      transforms: [],
    });
  });

  it("leaves out what laplas' server drops anyway, and says so; a user's own server gets it", () => {
    const fields = { made_up: { a: 1 }, store: true, keep_alive: 3 };
    const { body, adjustments } = adapt(fields);
    expect(Object.keys(body)).toEqual(["model", "messages", "max_tokens"]);
    expect(adjustments.map(({ to }) => to).toSorted()).toEqual([
      "keep_alive=removed",
      "made_up=removed",
      "store=removed",
    ]);
    expect(adjustments.some(({ changesAnswer }) => changesAnswer)).toBe(false);
    const model = chatModel("gpt-4o-mini");
    const capabilities = { ...model.capabilities, extraFields: "sent" as const };
    const own = openaiChat.adaptRequest({
      request: read("chat", fields),
      model: { ...model, capabilities },
      limits: {},
      stream: false,
    });
    expect(own).toMatchObject({ body: fields, adjustments: [] });
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

  it("takes nulls for fields that are not there, also as content beside a call", () => {
    const call = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
    const message = { role: "assistant", content: null, name: null, tool_calls: [call], refusal: null };
    const result = { role: "tool", tool_call_id: "1", content: "4", tool_calls: undefined };
    const { body, adjustments } = adapt({ stop: null, tools: undefined, messages: [message, result] });
    expect(body).toEqual({
      model: "gpt-4o-mini",
      max_tokens: 512,
      messages: [
        { role: "assistant", tool_calls: [call] },
        { role: "tool", tool_call_id: "1", content: "4" },
      ],
    });
    expect(adjustments).toEqual([]);
  });

  it("takes off what other worlds have, and says so; what was said in other ways is an error that names the place", async () => {
    const answered = { role: "assistant", content: "Hi", annotations: [], reasoning_content: "hm" };
    expect(adapt({ messages: [answered] })).toMatchObject({
      body: { messages: [{ role: "assistant", content: "Hi" }] },
      adjustments: [{ rule: "dialect", to: "messages=without_extras" }],
    });
    expect(adapt({ messages: [{ role: "user", content: "Hi", cache_control: { type: "x" } }] })).toMatchObject({
      body: { messages: [{ role: "user", content: "Hi" }] },
      adjustments: [{ to: "messages=without_extras" }],
    });
    expect(await refusal({ messages: [{ role: "user", content: "Hi", images: ["x"] }] })).toMatchObject({
      code: "invalid_request",
      param: "messages[0].images",
      message: 'messages[0] has a field "images", which "gpt-4o-mini" does not take. Leave it out.',
    });
  });

  it("moves first instructions into the first user message for models without a system role, and keeps the place of later ones", () => {
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
          { role: "user", content: "Be brief.\n\nHi\n\n<system>\nBe kind.\n</system>" },
        ],
      },
      adjustments: [{ to: "messages=later_system_as_user_message" }, { to: "messages=system_in_first_user_message" }],
    });
    expect(adapt({ messages: messages.slice(0, 1) }, "o1-mini").body.messages).toEqual([
      { role: "user", content: "Be brief." },
    ]);
  });

  it("takes off what calls put together from a stream have, and what other worlds put inside them", () => {
    const plain = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
    const result = { role: "tool", tool_call_id: "1", content: "4" };
    const called = (call: object) => ({ messages: [{ role: "assistant", tool_calls: [call] }, result] });
    for (const surplus of [
      { index: 0, ...plain },
      { ...plain, function: { ...plain.function, mood: "x" } },
    ]) {
      expect(adapt(called(surplus)).body.messages).toEqual(called(plain).messages);
      expect(adapt(called(surplus)).adjustments).toMatchObject([{ to: "messages=without_extras" }]);
    }
  });

  it("has content in the parts that a role takes, and nothing empty", async () => {
    const call = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
    const { body, adjustments } = adapt({
      messages: [
        { role: "user", content: [{ type: "text", text: "Hi", annotations: [], id: null }] },
        { role: "assistant", content: [], tool_calls: [] },
        { role: "assistant", content: null },
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "1", content: null },
        { role: "assistant", content: [{ type: "thinking", thinking: "Hm" }] },
      ],
    });
    expect(body.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      { role: "assistant", content: "" },
      { role: "assistant", content: "" },
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "1", content: "" },
      { role: "assistant", content: "" },
    ]);
    expect(adjustments.map(({ to }) => to)).toEqual(["messages=without_extras"]);
    const calling = { role: "assistant", content: null, tool_calls: [call] };
    for (const [messages, param] of [
      [[{ role: "user" }], "messages[0].content"],
      [[{ role: "assistant", content: [{ type: "image_url" }] }], "messages[0].content"],
      [[calling, { role: "tool", tool_call_id: "1", content: [{ type: "file" }] }], "messages[1].content"],
      [[{ role: "tool", tool_call_id: "1", content: "4" }], "messages[0]"],
    ] as const) {
      expect(await refusal({ messages })).toMatchObject({ code: "invalid_request", param });
    }
  });

  it("names the place as the caller knows it, also behind results that were added or moved", async () => {
    const calling = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
    const messages = [{ role: "assistant", content: "", tool_calls: [calling] }, { role: "user" }];
    expect(await refusal({ system: "Be brief.", messages })).toMatchObject({ param: "messages[1].content" });
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
    [{ top_logprobs: 21 }, "top_logprobs"],
    [{ stop: ["a", 5] }, "stop"],
    [{ tools: [{ type: "function", function: { name: "a.b" } }] }, "tools[0].function.name"],
    [{ tools: "f" }, "tools"],
  ])("names %o, which its server refuses", async (fields, param) => {
    expect(await refusal(fields)).toMatchObject({ code: "invalid_request", param });
    expect(((await refusal(fields)) as Error).message).toMatch(/"gpt-4o-mini"|"tools"|"stop"/);
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
