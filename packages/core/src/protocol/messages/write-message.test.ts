import { describe, expect, it } from "vitest";
import type { ChatAnswerMessage, ChatCompletion } from "../../request/wire-types.js";
import { createToolNames } from "./tool-names.js";
import { writeMessage } from "./write-message.js";

const USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };

function answer(message: Partial<ChatAnswerMessage>, reason: string | null = "stop"): ChatCompletion {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: reason }],
    usage: { ...USAGE, api_tokens: 16, estimated: true },
  };
}
const settings = { names: createToolNames([]), wantsThoughts: true };
const calls = (text: string) => ({
  tool_calls: [{ id: "call_1", type: "function" as const, function: { name: "a", arguments: text } }],
});

describe("a whole answer", () => {
  it("is a message, with what it cost beside Anthropic's counts", () => {
    expect(writeMessage(answer({ content: "Hello" }), settings)).toEqual({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [{ type: "text", text: "Hello" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: {
        input_tokens: 9,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 4,
        api_tokens: 16,
        estimated: true,
      },
    });
  });

  it("has thoughts, text and calls as blocks, thoughts with a signature and where they were asked for", () => {
    const given = answer({ content: "I look.", reasoning_content: "Hm", ...calls('{"x":1}') }, "tool_calls");
    const said = [
      { type: "text", text: "I look." },
      { type: "tool_use", id: "call_1", caller: { type: "direct" }, name: "a", input: { x: 1 } },
    ];
    expect(writeMessage(given, settings)).toMatchObject({
      content: [{ type: "thinking", thinking: "Hm", signature: "" }, ...said],
      stop_reason: "tool_use",
    });
    expect(writeMessage(given, { ...settings, wantsThoughts: false })).toMatchObject({ content: said });
  });

  it.each([
    ["", {}],
    [" ", {}],
    ["{}", {}],
    ['{"x":"ab', '{"x":"ab'],
    ["[1]", "[1]"],
  ])("gives the arguments %j as %j: nothing is closed by a guess", (text, input) => {
    expect(writeMessage(answer(calls(text), "length"), settings)).toMatchObject({
      content: [{ type: "tool_use", input }],
      stop_reason: "max_tokens",
    });
  });

  it("has a block where nothing was said", () => {
    expect(writeMessage(answer({}), settings)).toMatchObject({ content: [{ type: "text", text: "" }] });
    expect(writeMessage(answer({ content: "" }), settings)).toMatchObject({ content: [{ type: "text", text: "" }] });
  });

  it("says a refusal as text", () => {
    expect(writeMessage(answer({ refusal: "No." }), settings)).toMatchObject({
      content: [{ type: "text", text: "No." }],
      stop_reason: "refusal",
    });
  });

  it("counts what came from a cache apart", () => {
    const usage = { ...USAGE, prompt_tokens_details: { cached_tokens: 6 } };
    expect(writeMessage({ ...answer({ content: "a" }), usage }, settings)).toMatchObject({
      usage: { input_tokens: 3, cache_read_input_tokens: 6, output_tokens: 4 },
    });
  });
});
