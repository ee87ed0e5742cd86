import { describe, expect, it, test } from "vitest";
import type { ChatModel } from "../catalog/model.js";
import { modelOf, read } from "../testing/requests.js";
import { geminiChat, minimaxChat, togetherChat } from "./plain-chat.js";

const families = {
  together: { dialect: togetherChat, model: "meta-llama/Llama-3.3-70B-Instruct-Turbo" },
  minimax: { dialect: minimaxChat, model: "MiniMax-Text-01" },
  gemini: { dialect: geminiChat, model: "gemini-1.5-pro" },
};
type FamilyName = keyof typeof families;
const names = Object.keys(families) as FamilyName[];

function adapt(name: FamilyName, fields: object = {}, limit: number | null = 512) {
  const { dialect, model } = families[name];
  return dialect.adaptRequest({
    request: read("chat", { model, ...fields }),
    model: modelOf(model) as ChatModel,
    limits: limit === null ? {} : { maxOutputTokens: limit },
    stream: "stream" in fields,
  });
}
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });
const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

describe.each(names)("the %s dialect", (name) => {
  it("leaves a plain conversation as it is", () => {
    const messages = [
      { role: "system", content: "Be brief.", name: "rules" },
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      { role: "assistant", tool_calls: [call] },
      { role: "tool", content: "4", tool_call_id: "c1" },
    ];
    expect(adapt(name, { messages, temperature: 0, user: "u" })).toEqual({
      body: { model: families[name].model, messages, temperature: 0, max_tokens: 512 },
      adjustments: [{ field: "user", to: "user=removed", rule: "dialect" }],
      requests: 1,
      transforms: [],
    });
  });

  it("has one name for the limit, and none where there is none", () => {
    expect(adapt(name, { max_completion_tokens: 9 }, 9).body).toMatchObject({ max_tokens: 9 });
    expect(Object.keys(adapt(name, {}, null).body)).toEqual(["model", "messages"]);
  });

  it("takes developers for the system, silence for the empty text, and parts of a speaker for one text", () => {
    const messages = [
      { role: "developer", content: "Be kind." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: null, tool_calls: [call] },
      {
        role: "tool",
        tool_call_id: "c1",
        name: "f",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "text", text: "c" },
          { type: "refusal", refusal: "d" },
        ],
      },
    ];
    const { body, adjustments } = adapt(name, { messages });
    expect(body.messages).toEqual([
      { role: "system", content: "Be kind." },
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "a\nb" },
      { role: "assistant", content: "c\nd" },
    ]);
    expect(adjustments.map(({ to }) => to)).toEqual([
      "messages=without_names",
      "messages=developer_as_system",
      "messages=parts_as_text",
    ]);
  });

  it("has later instructions in their place, behind the results of calls, as marked words of the user", () => {
    const messages = [
      { role: "system", content: "Be kind." },
      { role: "developer", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "system", content: [{ type: "text", text: "Be quick." }] },
      { role: "tool", tool_call_id: "c1", content: "4" },
      { role: "user", content: "And?" },
    ];
    const { body, adjustments } = adapt(name, { messages });
    expect(body.messages).toMatchObject([
      { role: "system", content: "Be kind." },
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "4" },
      { role: "user", content: "<system>\nBe quick.\n</system>\n\nAnd?" },
    ]);
    expect(adjustments.map(({ to }) => to)).toEqual([
      "messages=results_after_calls",
      "messages=developer_as_system",
      "messages=later_system_as_user_message",
    ]);
  });

  test.each([
    ["a picture from the assistant", { role: "assistant", content: [{ type: "image_url" }] }, "messages[0].content"],
    ["sound from the user", { role: "user", content: [{ type: "input_audio" }] }, "messages[0].content"],
    ["a picture in instructions", { role: "system", content: [{ type: "image_url" }] }, "messages[0].content"],
    ["no content", { role: "user" }, "messages[0].content"],
    ["a number for content", { role: "user", content: 5 }, "messages[0].content"],
    ["an answer as sound", { role: "assistant", content: "", audio: { id: "a" } }, "messages[0].audio"],
  ])("names %s, which would be lost", (_, message, param) => {
    expect(() => adapt(name, { messages: [message] })).toThrow(refusal(param));
  });

  it("names a picture in a tool's result, which would be lost", () => {
    const messages = [
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: [{ type: "image_url" }] },
    ];
    expect(() => adapt(name, { messages })).toThrow(refusal("messages[1].content"));
  });

  it("takes calls of functions and their results for those of tools", () => {
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "4" },
    ];
    const { body, adjustments } = adapt(name, { messages });
    const id = "call_function_1";
    expect(body.messages).toEqual([
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: [{ ...call, id }] },
      { role: "tool", tool_call_id: id, content: "4" },
    ]);
    expect(adjustments.map(({ to }) => to)).toEqual(["messages=functions_as_tools"]);
  });

  test.each<[object, object, string[]]>([
    [{ reasoning_effort: "low" }, {}, ["reasoning_effort=removed"]],
    [{ parallel_tool_calls: false }, {}, ["parallel_tool_calls=removed"]],
    [{ tools: [{ type: "web_search" }] }, {}, ["tools=without_web_search"]],
  ])("leaves out %o, and says that the answer may differ", (fields, kept, reported) => {
    const { body, adjustments } = adapt(name, fields);
    expect(body).toEqual({ model: families[name].model, messages: expect.anything(), max_tokens: 512, ...kept });
    expect(adjustments.map(({ to }) => to)).toEqual(reported);
    expect(adjustments.every(({ changesAnswer }) => changesAnswer === true)).toBe(true);
  });

  test.each<[object, string]>([
    [{ top_logprobs: 3 }, "top_logprobs"],
    [{ tools: [{ type: "function", function: {} }] }, "tools[0].function.name"],
    [{ tools: [{ type: "computer" }] }, "tools[0].type"],
    [{ tools: {} }, "tools"],
    [{ tools: [{ type: "web_search" }], tool_choice: "required" }, "tool_choice"],
  ])("refuses %o by name, and names the model", (fields, param) => {
    expect(() => adapt(name, fields)).toThrow(refusal(param));
  });

  it("leaves out what says nothing", () => {
    const nothing = { parallel_tool_calls: true, top_logprobs: 0, tools: [], tool_choice: "auto", stop: null };
    expect(adapt(name, nothing)).toMatchObject({ adjustments: [] });
    expect(Object.keys(adapt(name, nothing).body)).toEqual(["model", "messages", "max_tokens"]);
  });

  it("describes tools by their names and takes nulls off", () => {
    const tools = [{ type: "function", function: { name: "f", description: null, parameters: null } }];
    const { body, adjustments } = adapt(name, { tools });
    expect(body.tools).toEqual([{ type: "function", function: { name: "f", description: "f" } }]);
    expect(adjustments).toEqual([{ field: "tools", to: "tools=described_by_name", rule: "dialect" }]);
  });
});

describe("what only some of them take", () => {
  const accepts = (fields: object): FamilyName[] =>
    names.filter((name) => {
      try {
        adapt(name, fields);
        return true;
      } catch {
        return false;
      }
    });

  test.each<[object, FamilyName[]]>([
    [{ n: 1, logprobs: false }, names],
    [{ n: 2 }, names],
    [{ n: 129 }, []],
    [{ n: 1.5 }, []],
    [{ logprobs: true }, ["together"]],
    [{ response_format: { type: "text" } }, names],
    [{ response_format: { type: "json_object" } }, names],
  ])("%o: %o", (fields, expected) => {
    expect(accepts(fields)).toEqual(expected);
  });

  test.each<[string, number, Record<FamilyName, number | undefined>]>([
    ["temperature", 1, { together: 1, minimax: 1, gemini: 1 }],
    ["temperature", 1.01, { together: 1.01, minimax: 1, gemini: 1.01 }],
    ["temperature", 2, { together: 2, minimax: 1, gemini: 2 }],
    ["top_p", 0, { together: 0.01, minimax: 0.01, gemini: 0.1 }],
    ["top_p", 0.01, { together: 0.01, minimax: 0.01, gemini: 0.1 }],
    ["top_p", 0.1, { together: 0.1, minimax: 0.1, gemini: 0.1 }],
    ["seed", 1, { together: 1, minimax: undefined, gemini: undefined }],
    ["seed", 0, { together: 1, minimax: undefined, gemini: undefined }],
    ["seed", 1.5, { together: 2, minimax: undefined, gemini: undefined }],
    ["presence_penalty", 1, { together: 1, minimax: undefined, gemini: 1 }],
  ])("%s %d becomes %o, and what it becomes is reported", (field, value, expected) => {
    for (const name of names) {
      const { body, adjustments } = adapt(name, { [field]: value });
      expect(body[field]).toBe(expected[name]);
      const what = expected[name] ?? "removed";
      expect(adjustments).toEqual(
        what === value ? [] : [{ field, to: `${field}=${what}`, rule: "dialect", changesAnswer: true }],
      );
    }
  });

  it("a penalty of 0 is what they do without one", () => {
    for (const name of names) {
      expect(adapt(name, { frequency_penalty: 0, presence_penalty: 0 }).adjustments).toEqual([]);
    }
  });

  it("a stream's usage can be asked of Together alone", () => {
    for (const name of names) {
      const { body } = adapt(name, { stream: true, stream_options: { include_usage: false, x: 1 } });
      expect(body.stream).toBe(true);
      expect(body.stream_options).toEqual(name === "together" ? { include_usage: true } : undefined);
    }
  });

  it("Gemini's tools are closed: what they lose is reported", () => {
    const tool = (more: object, beside: object = {}) => ({
      tools: [{ type: "function", function: { name: "f", description: "d", ...more }, ...beside }],
    });
    expect(adapt("gemini", tool({ strict: true }))).toMatchObject({
      body: { tools: [{ type: "function", function: { name: "f", description: "d" } }] },
      adjustments: [{ to: "tools=without_strict" }],
    });
    expect(adapt("gemini", tool({ strict: false })).adjustments).toEqual([]);
    for (const surplus of [tool({ mood: "x" }), tool({}, { cache_control: {} })]) {
      expect(adapt("gemini", surplus)).toMatchObject({
        body: tool({}),
        adjustments: [{ to: "tools=without_extras" }],
      });
    }
    expect(adapt("together", tool({ strict: true, mood: "x" })).body).toEqual(
      expect.objectContaining(tool({ strict: true, mood: "x" })),
    );
  });
});
