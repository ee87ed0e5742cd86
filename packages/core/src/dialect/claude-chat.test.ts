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
const user = { role: "user", content: "Hi" };

describe("a conversation", () => {
  const system = { role: "system", content: "One." };

  it("has its instructions at the root, after the caller's own", () => {
    expect(bodyOf({ messages: [system, user] })).toEqual({ model, max_tokens: 512, system: "One.", messages: [user] });
    expect(bodyOf({ system: [{ type: "text", text: "Zero." }], messages: [system, user] })).toMatchObject({
      system: "Zero.\n\nOne.",
    });
    expect(bodyOf({ system: "Zero.", messages: [user] })).toMatchObject({ system: "Zero." });
    expect(bodyOf({ system: "", messages: [user] })).not.toHaveProperty("system");
  });

  test.each([[{ text: "Zero." }], [[{ text: { words: "Zero." } }]]])("takes no %j for instructions", (own) => {
    expect(() => adapt({ system: own, messages: [user] })).toThrow(refusal("system"));
  });

  it("loses names, which is reported, and takes an older call for one of a tool", () => {
    expect(reported({ messages: [{ ...user, name: "ann" }] })).toEqual(["messages=without_names"]);
    const older = { role: "assistant", content: "", function_call: { name: "f", arguments: "{}" } };
    const result = { role: "function", name: "f", content: "4" };
    const { body, adjustments } = adapt({ messages: [user, older, result] });
    expect(body.messages).toEqual([
      user,
      { role: "assistant", content: [{ type: "tool_use", id: "call_function_1", name: "f", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "call_function_1", content: "4" }] },
    ]);
    expect(adjustments.map(({ to }) => to)).toEqual(["messages=functions_as_tools", "tools=from_history"]);
  });

  it("with calls has their tools, none of which may be called, where the caller offers none", () => {
    const call = (id: string, name: string) => ({ id, type: "function", function: { name, arguments: "{}" } });
    const calling = { role: "assistant", content: "", tool_calls: [call("1", "f"), call("2", "g"), call("3", "f")] };
    const results = ["1", "2", "3"].map((id) => ({ role: "tool", tool_call_id: id, content: "4" }));
    const messages = [user, calling, ...results];
    const { body, adjustments } = adapt({ messages, tools: [] });
    const schema = { type: "object", properties: {} };
    expect(body).toMatchObject({
      tools: [
        { name: "f", description: "f", input_schema: schema },
        { name: "g", description: "g", input_schema: schema },
      ],
      tool_choice: { type: "none" },
    });
    expect(adjustments.map(({ to }) => to)).toEqual(["tools=from_history"]);
    const tools = [{ type: "function", function: { name: "h", description: "d" } }];
    expect(bodyOf({ messages, tools })).toMatchObject({ tools: [{ name: "h" }] });
    expect(bodyOf({ messages, tools })).not.toHaveProperty("tool_choice");
  });

  it("that would lose a part is refused", () => {
    const sound = { role: "user", content: [{ type: "input_audio" }] };
    expect(() => adapt({ messages: [sound] })).toThrow(refusal("messages[0].content"));
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
    expect(reported({ tools })).toEqual(["tools=without_strict", "tools=described_by_name"]);
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
    const tools = [{ type: "function", function: { name: "f", description: "d" } }];
    expect(bodyOf({ tools, tool_choice: choice })).toMatchObject({ tool_choice: expected });
  });

  it("has a word for one call at most", () => {
    const tools = [{ type: "function", function: { name: "f", description: "d" } }];
    const choiceOf = (fields: object) => bodyOf({ tools, parallel_tool_calls: false, ...fields }).tool_choice;
    expect(choiceOf({})).toEqual({ type: "auto", disable_parallel_tool_use: true });
    expect(choiceOf({ tool_choice: "any" })).toEqual({ type: "any", disable_parallel_tool_use: true });
    expect(choiceOf({ tool_choice: "none" })).toEqual({ type: "none" });
    expect(bodyOf({ tools, parallel_tool_calls: true })).not.toHaveProperty("tool_choice");
    expect(bodyOf({ parallel_tool_calls: false })).not.toHaveProperty("tool_choice");
    const own = { type: "auto", disable_parallel_tool_use: true };
    expect(bodyOf({ tools, tool_choice: own }).tool_choice).toEqual(own);
  });

  test.each<[object, string]>([
    [{ tool_choice: "sometimes" }, "tool_choice"],
    [{ n: 129 }, "n"],
    [{ logprobs: true }, "logprobs"],
    [{ logit_bias: { "1": 100 } }, "logit_bias"],
    [{ guided_json: {} }, "guided_json"],
    [{ modalities: ["text", "audio"] }, "modalities"],
    [{ tools: [{ type: "custom", name: "f" }] }, "tools[0].type"],
  ])("refuses %o by name, and names the model", (fields, param) => {
    expect(() => adapt(fields)).toThrow(refusal(param));
    expect(() => adapt(fields)).toThrow(new RegExp(model));
  });

  test.each<[object, object, string[]]>([
    [{ seed: 1 }, {}, ["seed=removed!"]],
    [{ presence_penalty: 1 }, {}, ["presence_penalty=removed!"]],
    [{ temperature: 1.1 }, { temperature: 1 }, ["temperature=1!"]],
    [{ logit_bias: { "1": 50 } }, {}, ["logit_bias=removed!"]],
    [{ made_up: 1 }, {}, ["made_up=removed"]],
    [{ metadata: { user_id: "u", other: 1 } }, { metadata: { user_id: "u" } }, ["metadata=user_id_only"]],
    [
      { tools: [{ type: "function", function: { name: "f", description: "d", mood: "x" }, cache_control: {} }] },
      { tools: [{ name: "f", description: "d", input_schema: { type: "object", properties: {} } }] },
      ["tools=without_extras"],
    ],
  ])("takes %o as %o, and says so", (fields, kept, expected) => {
    const { body, adjustments } = adapt(fields);
    expect(body).toEqual({ model, max_tokens: 512, messages: expect.anything(), ...kept });
    expect(adjustments.map(({ to, changesAnswer }) => (changesAnswer ? `${to}!` : to))).toEqual(expected);
  });

  it("asks several times for several answers", () => {
    expect(adapt({ n: 3 })).toMatchObject({ requests: 3, adjustments: [{ to: "n=3_requests" }] });
    expect(bodyOf({ n: 3 })).not.toHaveProperty("n");
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
      requests: 1,
      transforms: [],
    });
    expect(reported({ user: "u1" })).toEqual(["user=removed"]);
    expect(bodyOf({ frequency_penalty: 0.5, top_k: 3 })).toMatchObject({ frequency_penalty: 0.5, top_k: 3 });
  });
});

describe("thinking", () => {
  const thinking = { type: "enabled", budget_tokens: 8_000 };
  const request = { model: "claude-3-7-sonnet-latest", messages: [{ role: "user", content: "Why?" }], thinking };

  it("finds no room on the free tier: the model answers at once, which is reported, or refused with `onExcess`", async () => {
    const { laplas, sandbox } = await createPair();
    await laplas.chat(request);
    expect((await laplas.check(request)).adjusted).toContainEqual({
      field: "thinking",
      to: "thinking=removed",
      rule: "dialect",
      changesAnswer: true,
    });
    expect(sandbox.requests[0]?.body).not.toHaveProperty("thinking");
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });

    const strict = await createPair({ onExcess: "refuse" });
    const error = await rejection(strict.laplas.chat({ ...request, max_tokens: 512 }));
    expect(error).toMatchObject({ code: "invalid_request", param: "thinking", retryable: false });
    expect(strict.sandbox.requests).toEqual([]);
    await strict.laplas.chat({ ...request, max_tokens: 512, thinking: { type: "disabled" } });
    expect(strict.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("gives way to a call that is demanded, which Claude refuses beside it, and this is reported", () => {
    const tools = [{ type: "function", function: { name: "f", description: "d" } }];
    const think = (choice: unknown) => adapt({ thinking, tools, tool_choice: choice }, 9_000);
    expect(think("auto").body).toMatchObject({ thinking });
    for (const choice of ["required", { type: "function", function: { name: "f" } }]) {
      const { body, adjustments } = think(choice);
      expect(body).not.toHaveProperty("thinking");
      expect(adjustments).toMatchObject([{ to: "thinking=removed", changesAnswer: true }]);
    }
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
    const { choices } = claudeChat.readAnswer(answer([{ index: 0, finish_reason: reason }]), () => {});
    expect(choices[0]?.finish_reason).toBe(expected);
  });

  test.each([undefined, null, [], [null], [{ index: 0 }]])("with choices %o pass as they came", (choices) => {
    const given = answer(choices);
    expect(claudeChat.readStream(() => {}).read(given)).toBe(given);
    expect(claudeChat.readAnswer(given, () => {})).toBe(given);
  });
});
