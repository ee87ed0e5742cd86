import { describe, expect, it, test } from "vitest";
import type { JsonObject } from "../../request/wire-types.js";
import { readResponses } from "./read-responses.js";

const model = "gpt-4o-mini";
const read = (fields: JsonObject, known: Record<string, JsonObject> = {}) =>
  readResponses({ model, input: "Hello", ...fields }, (id) => known[id]);
const chatOf = (fields: JsonObject): JsonObject => read(fields).chat;
const messagesOf = (input: unknown, known?: Record<string, JsonObject>): unknown =>
  read({ input }, known).chat.messages;
const reported = (fields: JsonObject): string[] => read(fields).adjusted.map(({ to }) => to);
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: string | null, ...calls: object[]) => ({
  role: "assistant",
  content,
  ...(calls.length === 0 ? {} : { tool_calls: calls }),
});
const call = (id: string, name: string, text = "{}") => ({ id, type: "function", function: { name, arguments: text } });
const result = (id: string, content: unknown) => ({ role: "tool", tool_call_id: id, content });

const callItem = (id: string, more: object = {}) => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name: "read",
  arguments: "{}",
  status: "completed",
  ...more,
});
const outputItem = (id: string, output: unknown) => ({ type: "function_call_output", call_id: id, output });
const said = (text: string) => ({
  type: "message",
  id: "msg_1",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
});
const thought = {
  type: "reasoning",
  id: "rs_1",
  summary: [{ type: "summary_text", text: "Hm" }],
  encrypted_content: "x",
};

describe("the input of a response", () => {
  it("is a text, or items, with instructions before them", () => {
    expect(messagesOf("Hello")).toEqual([user("Hello")]);
    expect(chatOf({ instructions: "Be short." }).messages).toEqual([
      { role: "system", content: "Be short." },
      user("Hello"),
    ]);
    expect(chatOf({ instructions: "" }).messages).toEqual([user("Hello")]);
  });

  it("holds messages, with a type and without, whose content is a text or parts", () => {
    const input = [
      { role: "system", content: "One" },
      { type: "message", role: "developer", content: [{ type: "input_text", text: "Two" }] },
      {
        role: "user",
        content: [
          { type: "input_text", text: "Three" },
          { type: "input_text", text: "Four" },
        ],
      },
      { role: "assistant", content: "Five" },
      { role: "user", content: [] },
      {
        role: "assistant",
        content: [
          { type: "refusal", refusal: "No" },
          { type: "output_text", text: "." },
        ],
      },
    ];
    expect(messagesOf(input)).toEqual([
      { role: "system", content: "One" },
      { role: "developer", content: "Two" },
      user([
        { type: "text", text: "Three" },
        { type: "text", text: "Four" },
      ]),
      assistant("Five"),
      user(""),
      assistant("No."),
    ]);
  });

  it("has one message of an assistant's neighbouring words, thoughts and calls, and outputs behind it", () => {
    const input = [
      user("Hello"),
      thought,
      said("I look."),
      callItem("a"),
      thought,
      callItem("b", { name: "write", arguments: '{"x":1}' }),
      outputItem("a", "A"),
      outputItem("b", "B"),
      callItem("c"),
      outputItem("c", "C"),
      said("Done."),
      said("Really."),
    ];
    expect(messagesOf(input)).toEqual([
      user("Hello"),
      assistant("I look.", call("a", "read"), call("b", "write", '{"x":1}')),
      result("a", "A"),
      result("b", "B"),
      assistant(null, call("c", "read")),
      result("c", "C"),
      assistant("Done.\n\nReally."),
    ]);
    expect(reported({ input })).toEqual(["input=without_reasoning"]);
  });

  it("names tools in the history as it offers them", () => {
    const tools = [
      { type: "custom", name: "apply_patch" },
      { type: "namespace", name: "agents.v1", tools: [{ type: "function", name: "wait" }] },
    ];
    const input = [
      callItem("a", { name: "wait", namespace: "agents.v1" }),
      outputItem("a", "waited"),
      { type: "custom_tool_call", id: "ctc_1", call_id: "b", name: "apply_patch", input: '*** "Begin"\n' },
      { type: "custom_tool_call_output", call_id: "b", output: "patched" },
    ];
    const { messages, tools: offered } = chatOf({ tools, input });
    const names = (offered as { function: { name: string } }[]).map(({ function: { name } }) => name);
    expect(names).toEqual(["apply_patch", "agents_v1__wait"]);
    expect(messages).toEqual([
      assistant(null, call("a", "agents_v1__wait")),
      result("a", "waited"),
      assistant(null, call("b", "apply_patch", '{"input":"*** \\"Begin\\"\\n"}')),
      result("b", "patched"),
    ]);
  });

  it("has outputs of texts, of parts, and of other JSON", () => {
    const input = [
      callItem("a"),
      outputItem("a", [
        { type: "input_text", text: "one" },
        { type: "input_text", text: "two" },
      ]),
      callItem("b"),
      outputItem("b", [{ type: "input_image", image_url: "data:image/png;base64,AA", detail: "low" }]),
      callItem("c"),
      outputItem("c", { ok: true }),
      callItem("d"),
      outputItem("d", ""),
    ];
    const messages = messagesOf(input) as { role: string; content: unknown }[];
    expect(messages.filter(({ role }) => role === "tool").map(({ content }) => content)).toEqual([
      "one\ntwo",
      [{ type: "image_url", image_url: { url: "data:image/png;base64,AA", detail: "low" } }],
      '{"ok":true}',
      "",
    ]);
  });

  it("has pictures, files and sound in the words of chats", () => {
    const content = [
      { type: "input_image", image_url: "https://x/y.png", detail: "auto" },
      { type: "input_file", file_data: "data:application/pdf;base64,AA", filename: "a.pdf" },
      { type: "input_audio", input_audio: { data: "AA", format: "wav" } },
    ];
    expect(messagesOf([{ role: "user", content }])).toEqual([
      user([
        { type: "image_url", image_url: { url: "https://x/y.png", detail: "auto" } },
        { type: "file", file: { file_data: "data:application/pdf;base64,AA", filename: "a.pdf" } },
        { type: "input_audio", input_audio: { data: "AA", format: "wav" } },
      ]),
    ]);
  });

  it("loses calls that were run elsewhere together with their outputs, which is reported", () => {
    const input = [
      user("Hello"),
      { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "x" } },
      { type: "local_shell_call", id: "ls_1", call_id: "shell", status: "completed", action: { type: "exec" } },
      outputItem("shell", "listing"),
      { type: "shell_call_output", call_id: "s", output: [] },
      { type: "mcp_list_tools", id: "m", server_label: "x", tools: [] },
      { type: "a_new_kind", id: "n" },
      user("And now?"),
    ];
    expect(messagesOf(input)).toEqual([user("Hello"), user("And now?")]);
    expect(read({ input }).adjusted).toEqual([
      { field: "input", to: "input=without_hosted_calls", rule: "dialect", changesAnswer: true },
      { field: "input", to: "input=without_unknown_items", rule: "dialect", changesAnswer: true },
    ]);
  });

  it("puts the item that a reference names in its place", () => {
    const input = [user("Hello"), { type: "item_reference", id: "msg_1" }, { id: "fc_a" }, outputItem("a", "A")];
    expect(messagesOf(input, { msg_1: said("Hi."), fc_a: callItem("a") })).toEqual([
      user("Hello"),
      assistant("Hi.", call("a", "read")),
      result("a", "A"),
    ]);
  });

  it("is refused with a reference to words that are not kept, and goes on without a thought", () => {
    const input = (id: string) => [user("Hello"), { type: "item_reference", id }];
    expect(() => messagesOf(input("msg_9"))).toThrow(/"store": false/);
    expect(() => messagesOf(input("msg_9"))).toThrow(refusal("input[1].id"));
    expect(messagesOf(input("rs_9"))).toEqual([user("Hello")]);
    expect(reported({ input: input("rs_9") })).toEqual(["input=without_reasoning"]);
  });

  it("brings tools that were found on the way", () => {
    const found = { type: "additional_tools", role: "developer", tools: [{ type: "function", name: "found" }] };
    const { chat, adjusted } = read({ input: [user("Hello"), found] });
    expect(chat.tools).toEqual([{ type: "function", function: { name: "found" } }]);
    expect(chat.messages).toEqual([user("Hello")]);
    expect(adjusted.map(({ to }) => to)).toEqual(["input=tools_at_root"]);
  });

  test.each<[unknown, string]>([
    [undefined, "input"],
    [null, "input"],
    [5, "input"],
    [[], "input"],
    [[null], "input[0]"],
    [["Hello"], "input[0]"],
    [[{}], "input[0].type"],
    [[{ type: 5 }], "input[0].type"],
    [[{ role: "tool", content: "x" }], "input[0].role"],
    [[{ role: "user" }], "input[0].content"],
    [[{ role: "user", content: [{ type: "input_text" }] }], "input[0].content[0].text"],
    [[{ role: "user", content: [{ type: "hologram" }] }], "input[0].content[0].type"],
    [[{ role: "user", content: [{ type: { toString: 1 } }] }], "input[0].content[0].type"],
    [[{ role: "user", content: [{ type: "input_image", file_id: "f" }] }], "input[0].content[0].image_url"],
    [[{ role: "user", content: [{ type: "input_file", file_url: "https://x" }] }], "input[0].content[0].file_data"],
    [[{ role: "assistant", content: [{ type: "input_image", image_url: "x" }] }], "input[0].content"],
    [[{ type: "function_call", call_id: "a" }], "input[0].name"],
    [[{ type: "function_call", name: "a" }], "input[0].call_id"],
    [[{ type: "custom_tool_call", name: "a", call_id: "b" }], "input[0].input"],
    [[user("Hello"), outputItem("x", "y")], "input[1].call_id"],
    [[user("Hello"), { type: "function_call_output", output: "y" }], "input[1].call_id"],
    [[callItem("a"), outputItem("a", [{ type: "input_image" }])], "input[1].output[0].image_url"],
  ])("%j is refused, with the place", (input, param) => {
    expect(() => messagesOf(input)).toThrow(refusal(param));
  });
});

describe("the fields of a response", () => {
  it("have other names in chats", () => {
    const tools = [{ type: "function", name: "read" }];
    const fields = {
      max_output_tokens: 300,
      parallel_tool_calls: false,
      reasoning: { effort: "low" },
      stream: true,
      stream_options: { include_obfuscation: false },
      temperature: 0,
      text: { verbosity: "low", format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true } },
      tool_choice: { type: "function", name: "read" },
      tools,
      top_p: 1,
      user: "u",
    };
    expect(chatOf(fields)).toEqual({
      model,
      messages: [user("Hello")],
      max_completion_tokens: 300,
      parallel_tool_calls: false,
      reasoning_effort: "low",
      response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" }, strict: true } },
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      tool_choice: { type: "function", function: { name: "read" } },
      tools: [{ type: "function", function: { name: "read" } }],
      top_p: 1,
      user: "u",
      verbosity: "low",
    });
    expect(reported(fields)).toEqual([]);
  });

  it("that say nothing are left out in silence", () => {
    const fields = {
      background: false,
      conversation: null,
      include: [],
      instructions: null,
      max_output_tokens: null,
      n: 1,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      store: false,
      stream: null,
      text: { format: { type: "text" } },
      tool_choice: "auto",
      tools: [],
      top_logprobs: 0,
      truncation: "disabled",
    };
    expect(chatOf(fields)).toEqual({ model, messages: [user("Hello")] });
    expect(reported(fields)).toEqual([]);
  });

  it("that are hints are left out, and reported", () => {
    const fields = {
      client_metadata: { a: "b" },
      context_management: [{ type: "compaction" }],
      include: ["reasoning.encrypted_content"],
      max_tool_calls: 3,
      reasoning: { effort: "high", summary: "auto" },
      truncation: "auto",
      "a key, with: a comma\u2028": 1,
    };
    expect(chatOf(fields)).toEqual({ model, messages: [user("Hello")], reasoning_effort: "high" });
    expect(reported(fields)).toEqual([
      "client_metadata=removed",
      "context_management=removed",
      "include=removed",
      "max_tool_calls=removed",
      "truncation=removed",
      "a_key__with__a_comma_=removed",
      "reasoning=effort_only",
    ]);
  });

  it("that speak of tools go with the last of them", () => {
    const fields = { tools: [{ type: "web_search" }], tool_choice: "auto", parallel_tool_calls: true };
    expect(chatOf(fields)).toEqual({ model, messages: [user("Hello")] });
    expect(reported(fields)).toEqual(["tools=without_web_search"]);
  });

  test.each<[JsonObject, string]>([
    [{ previous_response_id: "resp_1" }, "previous_response_id"],
    [{ conversation: "conv_1" }, "conversation"],
    [{ conversation: { id: "conv_1" } }, "conversation"],
    [{ background: true }, "background"],
    [{ prompt: { id: "pmpt_1" } }, "prompt"],
    [{ top_logprobs: 3 }, "top_logprobs"],
    [{ n: 2 }, "n"],
    [{ messages: [user("Hello")] }, "messages"],
    [{ response_format: { type: "json_object" } }, "response_format"],
    [{ functions: [] }, "functions"],
    [{ instructions: ["Be short."] }, "instructions"],
    [{ max_output_tokens: 0 }, "max_output_tokens"],
    [{ max_output_tokens: "many" }, "max_output_tokens"],
    [{ text: "json" }, "text"],
    [{ text: { format: "json" } }, "text.format"],
    [{ text: { format: { type: "yaml" } } }, "text.format.type"],
    [{ text: { format: { type: "json_schema", name: "n" } } }, "text.format.schema"],
    [{ reasoning: "high" }, "reasoning"],
  ])("%j is refused, by name", (fields, param) => {
    expect(() => read(fields)).toThrow(refusal(param));
  });

  it("that ask for what is stored are told what is kept", () => {
    expect(() => read({ previous_response_id: "resp_1" })).toThrow(/not stored here: send the whole conversation/);
  });
});
