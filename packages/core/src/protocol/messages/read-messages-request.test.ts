import { describe, expect, it, test } from "vitest";
import { FatalUpstreamError } from "../../errors/upstream-errors.js";
import type { JsonObject } from "../../request/wire-types.js";
import { readMessagesRequest } from "./read-messages-request.js";

const hello = { role: "user", content: "Hello" };
const read = (fields: JsonObject) => readMessagesRequest({ model: "gpt-4o-mini", messages: [hello], ...fields });
const bodyOf = (fields: JsonObject): JsonObject => read(fields).body;
const messagesOf = (...messages: unknown[]): unknown => bodyOf({ messages }).messages;
const reported = (fields: JsonObject): string[] => read(fields).adjusted.map(({ to }) => to);
const refusal = (fields: JsonObject): unknown => {
  try {
    read(fields);
  } catch (error) {
    return error;
  }
  return undefined;
};

const use = (id: string, name: string, input: unknown = {}) => ({ type: "tool_use", id, name, input });
const result = (id: string, content?: unknown, more: object = {}) => ({
  type: "tool_result",
  tool_use_id: id,
  ...(content === undefined ? {} : { content }),
  ...more,
});
const called = (id: string, name: string, text = "{}") => ({
  id,
  type: "function",
  function: { name, arguments: text },
});
const text = (words: string, more: object = {}) => ({ type: "text", text: words, ...more });
const schema = { type: "object", properties: { city: { type: "string" } } };
const tool = (name: string, more: object = {}) => ({ name, description: "d", input_schema: schema, ...more });
const offered = (name: string) => ({ type: "function", function: { name, description: "d", parameters: schema } });

describe("the fields of a request", () => {
  it("that a chat has as well are the same there", () => {
    const fields = { max_tokens: 5, temperature: 0, top_p: 0.5, top_k: 3 };
    expect(bodyOf({ ...fields, stop_sequences: ["\n"] })).toEqual({
      model: "gpt-4o-mini",
      messages: [hello],
      ...fields,
      stop: ["\n"],
    });
    expect(bodyOf({ stream: true })).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(bodyOf({ stream: false })).not.toHaveProperty("stream_options");
  });

  it("that no one here knows are left out, and reported", () => {
    const fields = {
      context_management: { edits: [] },
      cache_control: { type: "ephemeral" },
      service_tier: "auto",
      mcp_servers: [{}],
      "odd\nname": 1,
      container: null,
    };
    expect(Object.keys(bodyOf(fields)).sort()).toEqual(["messages", "model"]);
    expect(reported(fields)).toEqual([
      "context_management=removed",
      "cache_control=removed",
      "service_tier=removed",
      "mcp_servers=removed",
      "odd_name=removed",
    ]);
    const changes = read(fields).adjusted.filter(({ changesAnswer }) => changesAnswer === true);
    expect(changes.map(({ field }) => field)).toEqual(["mcp_servers"]);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, 1]));
    expect(reported(many)).toHaveLength(21);
    expect(reported(many).at(-1)).toBe("other_fields=removed");
  });

  it("that ask for an effort or a schema are a chat's", () => {
    expect(bodyOf({ output_config: { effort: "max" } })).toMatchObject({ reasoning_effort: "max" });
    expect(bodyOf({ output_config: { format: { type: "json_schema", schema } } })).toMatchObject({
      response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    });
    expect(reported({ output_config: { effort: null, task_budget: {} } })).toEqual(["output_config=without_extras"]);
  });

  test.each<[string, JsonObject | undefined, boolean, object, string[]]>([
    ["gpt-4o-mini", undefined, false, {}, []],
    ["gpt-4o-mini", { type: "disabled" }, false, {}, []],
    ["gpt-4o-mini", { type: "adaptive" }, true, {}, ["thinking=removed"]],
    ["claude-3-5-sonnet-latest", { type: "adaptive", display: "omitted" }, true, {}, ["thinking=removed"]],
    ["gpt-4o-mini", { type: "enabled", budget_tokens: 2_000 }, true, {}, ["thinking=removed"]],
    [
      "claude-3-5-sonnet-latest",
      { type: "enabled", budget_tokens: 2_000, display: "summarized" },
      true,
      { thinking: { type: "enabled", budget_tokens: 2_000 } },
      [],
    ],
  ])("of %s with thinking %j: wanted %s, sent %j", (model, thinking, wantsThoughts, sent, told) => {
    const request = read({ model, thinking });
    expect(request.wantsThoughts).toBe(wantsThoughts);
    expect(request.body.thinking).toEqual((sent as JsonObject).thinking);
    expect(request.adjusted.map(({ to }) => to)).toEqual(told);
    const isBudget = thinking?.type === "enabled" && told.length > 0;
    expect(request.adjusted.some(({ changesAnswer }) => changesAnswer === true)).toBe(isBudget);
  });

  it("that name a user go to Claude alone", () => {
    const metadata = { user_id: "u" };
    expect(bodyOf({ model: "claude-3-5-sonnet-latest", metadata }).metadata).toEqual(metadata);
    expect(bodyOf({ metadata })).not.toHaveProperty("metadata");
    expect(reported({ metadata })).toEqual(["metadata=removed"]);
  });

  test.each<[string, JsonObject]>([
    ["messages", { messages: undefined }],
    ["messages", { messages: [] }],
    ["messages", { messages: "Hello" }],
    ["messages", { messages: [{ role: "user", content: " " }] }],
    ["messages", { messages: [{ role: "system", content: "Be brief" }] }],
    ["messages[0]", { messages: ["Hello"] }],
    ["messages[0].role", { messages: [{ role: "tool", content: "x" }] }],
    ["messages[0].content", { messages: [{ role: "user", content: 5 }] }],
    ["messages[0].content[1]", { messages: [{ role: "user", content: [text("a"), { text: "b" }] }] }],
    ["messages[0].content[0].text", { messages: [{ role: "user", content: [{ type: "text" }] }] }],
    ["messages[0].content[0].type", { messages: [{ role: "user", content: [{ type: "container_upload" }] }] }],
    ["messages[0].content[0].source", { messages: [{ role: "user", content: [{ type: "image", source: {} }] }] }],
    [
      "messages[0].content[0].source",
      { messages: [{ role: "user", content: [{ type: "document", source: { type: "base64", data: "" } }] }] },
    ],
    ["messages[0].content[0].tool_use_id", { messages: [{ role: "user", content: [{ type: "tool_result" }] }] }],
    ["messages[0].content[0].id", { messages: [{ role: "assistant", content: [{ type: "tool_use", name: "a" }] }] }],
    ["messages[0].content[0].name", { messages: [{ role: "assistant", content: [{ type: "tool_use", id: "a" }] }] }],
    ["system", { system: 5 }],
    ["system[0]", { system: [{ type: "image" }] }],
    ["stop_sequences", { stop_sequences: "x" }],
    ["thinking", { thinking: true }],
    ["output_config", { output_config: "high" }],
    ["output_config.effort", { output_config: { effort: "huge" } }],
    ["output_config.format", { output_config: { format: { type: "text" } } }],
    ["tools", { tools: {} }],
    ["tools[0]", { tools: [null] }],
    ["tools[0].name", { tools: [{ input_schema: schema }] }],
    ["tools[0].description", { tools: [tool("a", { description: 5 })] }],
    ["tools[0].input_schema", { tools: [{ name: "a", input_schema: "x" }] }],
    ["tool_choice", { tools: [tool("a")], tool_choice: "any" }],
    ["tool_choice", { tools: [tool("a")], tool_choice: { type: "function" } }],
    ["tool_choice.name", { tools: [tool("a")], tool_choice: { type: "tool" } }],
    ["tool_choice.disable_parallel_tool_use", { tool_choice: { type: "auto", disable_parallel_tool_use: 1 } }],
  ])("are refused by %s: %j", (param, fields) => {
    const error = refusal(fields);
    expect(error).toBeInstanceOf(FatalUpstreamError);
    expect(error).toMatchObject({ code: "invalid_request", param, message: expect.stringContaining(`"${param}"`) });
  });
});

describe("instructions", () => {
  it("are the first message, of however many blocks, without marks and empty blocks", () => {
    const system = [text("Be brief.", { cache_control: { type: "ephemeral" } }), text("\n"), text("Be kind.")];
    expect(bodyOf({ system }).messages).toEqual([{ role: "system", content: "Be brief.\n\nBe kind." }, hello]);
    expect(reported({ system })).toEqual(["cache_control=removed"]);
    expect(bodyOf({ system: "Be brief." }).messages).toEqual([{ role: "system", content: "Be brief." }, hello]);
    expect(bodyOf({ system: "" }).messages).toEqual([hello]);
  });

  it("are without the block for Anthropic's books, which may change with every call", () => {
    const head = "x-anthropic-billing-header: cc_version=2.1.197; cch=5f3a;";
    for (const system of [[text(head), text("Be brief.")], [text(`${head}\nBe brief.`)], `${head}\nBe brief.`]) {
      expect(bodyOf({ system }).messages).toEqual([{ role: "system", content: "Be brief." }, hello]);
      expect(reported({ system })).toEqual(["system=without_billing_header"]);
    }
  });

  it("may stand within the conversation, in place", () => {
    expect(messagesOf(hello, { role: "system", content: [text("Be brief."), text("Be kind.")] })).toEqual([
      hello,
      { role: "system", content: "Be brief.\n\nBe kind." },
    ]);
  });
});

describe("a conversation", () => {
  it("keeps texts, calls and results in order: results first, then the text beside them", () => {
    expect(
      messagesOf(
        { role: "user", content: [text("Look"), text("here")] },
        { role: "assistant", content: [text("I look "), text("now."), use("t1", "a", { x: 1 }), use("t2", "b")] },
        { role: "user", content: [text("And?"), result("t1", "one"), result("t2", [text("two"), text("lines")])] },
        { role: "assistant", content: "Done." },
      ),
    ).toEqual([
      { role: "user", content: [text("Look"), text("here")] },
      { role: "assistant", content: "I look now.", tool_calls: [called("t1", "a", '{"x":1}'), called("t2", "b")] },
      { role: "tool", tool_call_id: "t1", content: "one" },
      { role: "tool", tool_call_id: "t2", content: "two\nlines" },
      { role: "user", content: "And?" },
      { role: "assistant", content: "Done." },
    ]);
  });

  test.each<[string, unknown, object, unknown]>([
    ["a failure", "no such file", { is_error: true }, "Error: no such file"],
    ["a failure that says so itself", "<error>no</error>", { is_error: true }, "<error>no</error>"],
    ["nothing", undefined, {}, "(empty)"],
    ["an empty text", "", {}, "(empty)"],
    ["an empty failure", [], { is_error: true }, "Error: (empty)"],
    ["a reference to a tool", [{ type: "tool_reference", tool_name: "grep" }], {}, "Tool: grep"],
    [
      "a document",
      [{ type: "document", title: "Notes", source: { type: "text", media_type: "text/plain", data: "dry" } }],
      {},
      "Notes\ndry",
    ],
    [
      "a document of blocks",
      [{ type: "document", source: { type: "content", content: [text("a"), text("b")] } }],
      {},
      "a\n\nb",
    ],
    [
      "a find",
      [{ type: "search_result", title: "T", source: "https://x", content: [text("found")] }],
      {},
      "T\nhttps://x\nfound",
    ],
    [
      "a picture",
      [text("seen"), { type: "image", source: { type: "base64", media_type: "image/png", data: "aa" } }],
      {},
      [text("seen"), { type: "image_url", image_url: { url: "data:image/png;base64,aa" } }],
    ],
    [
      "a picture of a failure",
      [{ type: "image", source: { type: "url", url: "https://x/a.png" } }],
      { is_error: true },
      [text("Error:"), { type: "image_url", image_url: { url: "https://x/a.png" } }],
    ],
  ])("gives %s as a result", (_, content, more, expected) => {
    const turns = messagesOf(
      { role: "assistant", content: [use("t1", "a")] },
      { role: "user", content: [result("t1", content, more)] },
    );
    expect(turns).toEqual([
      { role: "assistant", content: null, tool_calls: [called("t1", "a")] },
      { role: "tool", tool_call_id: "t1", content: expected },
    ]);
  });

  it("is without thoughts, and what is left of none is left out: its neighbours are one", () => {
    const thinking = { type: "thinking", thinking: "Hm", signature: "s" };
    const messages = [
      hello,
      { role: "assistant", content: [thinking, { type: "redacted_thinking", data: "x" }, text(" ")] },
      { role: "user", content: "Well?" },
      { role: "assistant", content: [thinking, text("Yes.")] },
    ];
    expect(bodyOf({ messages }).messages).toEqual([
      { role: "user", content: [text("Hello"), text("Well?")] },
      { role: "assistant", content: "Yes." },
    ]);
    expect(reported({ messages })).toEqual(["messages=without_thinking", "messages=without_empty"]);
  });

  it("is without calls that ran at Anthropic, and their results", () => {
    const content = [
      { type: "server_tool_use", id: "s1", name: "web_search", input: {} },
      { type: "web_search_tool_result", tool_use_id: "s1", content: [] },
      text("Found."),
    ];
    const messages = [hello, { role: "assistant", content }];
    expect(bodyOf({ messages }).messages).toEqual([hello, { role: "assistant", content: "Found." }]);
    expect(reported({ messages })).toEqual(["messages=without_hosted_tools"]);
  });

  it("takes back arguments that were cut, as they were given out", () => {
    expect(messagesOf({ role: "assistant", content: [use("t1", "a", '{"x":')] }, hello)).toEqual([
      { role: "assistant", content: null, tool_calls: [called("t1", "a", '{"x":')] },
      hello,
    ]);
  });

  it("has pictures as parts, for the tier to judge", () => {
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "aa" } };
    expect(messagesOf({ role: "user", content: [text("See"), image] })).toEqual([
      { role: "user", content: [text("See"), { type: "image_url", image_url: { url: "data:image/png;base64,aa" } }] },
    ]);
  });
});

describe("tools", () => {
  it("are functions, without what others know of them", () => {
    const tools = [
      tool("a", { type: "custom", cache_control: { type: "ephemeral" }, input_examples: [{}] }),
      tool("b"),
    ];
    expect(bodyOf({ tools }).tools).toEqual([offered("a"), offered("b")]);
    expect(reported({ tools })).toEqual(["cache_control=removed", "tools=without_extras"]);
    expect(bodyOf({ tools: [{ name: "a", input_schema: schema, strict: true }] }).tools).toEqual([
      { type: "function", function: { name: "a", parameters: schema, strict: true } },
    ]);
  });

  it("that run at Anthropic are left out, and refused where they are chosen", () => {
    const search = { type: "web_search_20250305", name: "web_search" };
    const tools = [search, tool("a")];
    expect(bodyOf({ tools, tool_choice: { type: "auto" } })).toMatchObject({
      tools: [offered("a")],
      tool_choice: "auto",
    });
    expect(read({ tools }).adjusted).toEqual([
      { field: "tools", to: "tools=without_web_search", rule: "dialect", changesAnswer: true },
    ]);
    const alone = bodyOf({ tools: [search], tool_choice: { type: "auto", disable_parallel_tool_use: true } });
    expect(Object.keys(alone).sort()).toEqual(["messages", "model"]);
    for (const tool_choice of [{ type: "any" }, { type: "tool", name: "web_search" }]) {
      expect(refusal({ tools: [search], tool_choice })).toMatchObject({
        code: "invalid_request",
        param: expect.stringMatching(/^tool_choice/),
      });
    }
  });

  describe("that are deferred", () => {
    const deferred = [tool("find"), tool("a", { defer_loading: true }), tool("b", { defer_loading: true })];
    const sentNames = (given: object) =>
      (bodyOf({ tools: deferred, ...given }).tools as { function: { name: string } }[]).map((one) => one.function.name);
    const found = { type: "tool_result", tool_use_id: "t1", content: [{ type: "tool_reference", tool_name: "b" }] };
    const searched = [hello, { role: "assistant", content: [use("t1", "find")] }, { role: "user", content: [found] }];

    it("are left out until a search has found them", () => {
      expect(sentNames({})).toEqual(["find"]);
      expect(reported({ tools: deferred })).toEqual(["tools=without_deferred"]);
      expect(sentNames({ messages: searched })).toEqual(["find", "b"]);
      expect(reported({ tools: [tool("find"), deferred[2]], messages: searched })).toEqual([]);
      expect(read({ tools: deferred, messages: searched }).toolPlaces).toEqual(["tools[0]", "tools[2]"]);
    });

    it("are seen where one is chosen, where nothing but them is there, and where the search is Anthropic's", () => {
      expect(sentNames({ tool_choice: { type: "tool", name: "a" } })).toEqual(["find", "a"]);
      expect(sentNames({ tools: deferred.slice(1) })).toEqual(["a", "b"]);
      const search = { type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" };
      expect(sentNames({ tools: [search, ...deferred] })).toEqual(["find", "a", "b"]);
    });

    it("leave messages that are wrong to be refused", () => {
      expect(refusal({ tools: deferred, messages: "none" })).toMatchObject({ param: "messages" });
      expect(refusal({ tools: deferred, messages: [null] })).toMatchObject({ param: "messages[0]" });
    });
  });

  test.each([
    [{ type: "auto" }, { tool_choice: "auto" }],
    [{ type: "any" }, { tool_choice: "required" }],
    [{ type: "none" }, { tool_choice: "none" }],
    [{ type: "tool", name: "a" }, { tool_choice: { type: "function", function: { name: "a" } } }],
    [
      { type: "any", disable_parallel_tool_use: true },
      { tool_choice: "required", parallel_tool_calls: false },
    ],
    [{ type: "auto", disable_parallel_tool_use: false }, { tool_choice: "auto" }],
  ])("are chosen by %j", (choice, expected) => {
    const { tool_choice, parallel_tool_calls } = bodyOf({ tools: [tool("a")], tool_choice: choice });
    expect({ tool_choice, ...(parallel_tool_calls === undefined ? {} : { parallel_tool_calls }) }).toEqual(expected);
  });

  it("have names that every family takes, the same in tools, choice and history, and their own back", () => {
    const long = `mcp__server__${"x".repeat(60)}`;
    const names = [`${long}_one`, `${long}_two`, "2nd.tool", "plain"];
    const {
      body,
      names: table,
      adjusted,
    } = read({
      tools: names.map((name) => tool(name)),
      tool_choice: { type: "tool", name: names[1] },
      messages: [hello, { role: "assistant", content: [use("t1", names[0] ?? "")] }, hello],
    });
    const sent = (body.tools as { function: { name: string } }[]).map(({ function: { name } }) => name);
    for (const name of sent) expect(name).toMatch(/^[A-Za-z_][\w-]{0,63}$/);
    expect(new Set(sent).size).toBe(4);
    expect(sent[3]).toBe("plain");
    expect(sent.map((name) => table.own(name))).toEqual(names);
    expect(body.tool_choice).toEqual({ type: "function", function: { name: sent[1] } });
    expect(body.messages).toMatchObject([hello, { tool_calls: [{ function: { name: sent[0] } }] }, hello]);
    expect(adjusted.map(({ to }) => to)).toEqual(["tools=plain_names"]);
  });
});
